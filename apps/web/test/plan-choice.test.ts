import { beforeEach, expect, it, vi } from 'vitest'
import { choicePath, parseCode, parseInterval } from '../src/plans/choice.ts'
import { dropChoice, keepChoice, keptChoice } from '../src/plans/kept-choice.ts'
import { storage } from './storage.ts'

beforeEach(() => void vi.stubGlobal('localStorage', storage()))

it('says in an address what was chosen, a code included, whatever is in it', () => {
  const choice = { planId: 'pro', interval: 'year', trial: true } as const
  expect(choicePath({ ...choice, code: 'LAUNCH20' })).toBe('/billing?plan=pro&interval=year&trial=yes&code=LAUNCH20')
  expect(choicePath({ ...choice, trial: false, code: 'a&plan=b' })).toBe(
    '/billing?plan=pro&interval=year&code=a%26plan%3Db',
  )
})

it('reads of an address only what can be meant', () => {
  expect(['month', 'year', 'week', undefined].map(parseInterval)).toEqual(['month', 'year', 'month', 'month'])
  expect([' LAUNCH20 ', '', '  ', undefined, 'x'.repeat(101)].map(parseCode)).toEqual([
    'LAUNCH20',
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

it('keeps a choice for a week, until it was gone on with', () => {
  expect(keptChoice()).toBeUndefined()
  keepChoice('/billing?plan=pro&interval=month', 0)
  expect(keptChoice(7 * 86_400_000 - 1)).toBe('/billing?plan=pro&interval=month')
  expect(keptChoice(7 * 86_400_000)).toBeUndefined()
  keepChoice('/billing?plan=pro&interval=month')
  dropChoice()
  expect(keptChoice()).toBeUndefined()
})

it('leads nowhere else, whatever else writes there', () => {
  keepChoice('//evil.example/billing?')
  expect(keptChoice()).toBeUndefined()
  localStorage.setItem('plan-choice', 'no JSON')
  expect(keptChoice()).toBeUndefined()
})
