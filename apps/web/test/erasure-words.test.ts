import type { ErasureItem } from '@lightpress/users-contract'
import { describe, expect, it } from 'vitest'
import { formatBytes } from '../src/screens/personal-data/bytes.ts'
import { groupItems } from '../src/screens/personal-data/erasure-words.ts'

const item = (given: Partial<ErasureItem>): ErasureItem => ({
  module: 'auth',
  name: 'sessions',
  count: 1,
  outcome: 'deleted',
  because: null,
  ...given,
})

describe('what would go', () => {
  it('stands by what becomes of it: what is cancelled first, what stays last', () => {
    const outcomes = ['kept', 'emptied', 'deleted', 'cancelled'] as const
    const groups = groupItems(outcomes.map((outcome) => item({ outcome })))
    expect(groups.map(({ outcome }) => outcome)).toEqual([...outcomes].reverse())
  })

  it('counts as one what is called alike, and says nothing of what there is none of', () => {
    const groups = groupItems([
      item({ name: 'files', count: 2 }),
      item({ name: 'files', count: 3, module: 'users' }),
      item({ name: 'passkeys', count: 0 }),
      item({ name: 'invoices', count: 0, outcome: 'kept' }),
    ])
    expect(groups).toEqual([{ outcome: 'deleted', lines: [{ name: 'Files', count: 5, because: null }] }])
  })

  it('keeps apart what stays for different reasons', () => {
    const because = ['The law says so.', 'The log is never changed.']
    const [kept] = groupItems(because.map((why) => item({ name: 'log', outcome: 'kept', because: why })))
    expect(kept?.lines.map((line) => line.because)).toEqual(because)
  })
})

it.each([
  [0, '0 byte'],
  [999, '999 byte'],
  [1_000, '1 kB'],
  [6_349, '6.3 kB'],
  [52_000_000, '52 MB'],
  [3_456_000_000_000, '3,456 GB'],
])('%i bytes are %s', (bytes, words) => expect(formatBytes(bytes, 'en')).toBe(words))
