import { expect, it } from 'vitest'
import { duration } from '../src/ui/duration.ts'

it.each([
  [0, '0 seconds'],
  [0.2, '1 second'],
  [45, '45 seconds'],
  [60, '1 minute'],
  [61, '1 minute 1 second'],
  [119.5, '2 minutes'],
  [900, '15 minutes'],
  [3600, '60 minutes'],
  [3601, '2 hours'],
])('says %s seconds as %s', (seconds, words) => {
  expect(duration(seconds)).toBe(words)
})
