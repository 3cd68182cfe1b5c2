import type { ChangePreview, PlanChange } from '@lightpress/billing-contract'
import { money } from '@lightpress/billing-contract/money'
import { expect, it } from 'vitest'
import { createPreviews, type Looked } from '../src/screens/billing/previews.ts'

const business: PlanChange = { planId: 'business', interval: 'month', seats: 1 }
const yearly: PlanChange = { planId: 'pro', interval: 'year', seats: 1 }

it('shows the choice its own preview, with what was chosen', async () => {
  const { previews, shown, asked, answer } = begin()
  previews.look(business)
  expect(shown).toEqual([{ state: 'looking' }])
  await asked(1)
  answer(0, costing(4387))
  await settled()
  expect(shown.at(-1)).toEqual({ state: 'known', choice: business, preview: costing(4387) })
})

it('never shows one beside another choice, in whatever order the answers come', async () => {
  const { previews, shown, asked, answer, signals } = begin()
  previews.look(business)
  await asked(1)
  previews.look(yearly)
  expect(shown.at(-1)).toEqual({ state: 'looking' })
  expect(signals[0]?.aborted).toBe(true)
  await asked(2)
  answer(1, costing(12_000))
  await settled()
  answer(0, costing(4387))
  await settled()
  expect(shown.at(-1)).toEqual({ state: 'known', choice: yearly, preview: costing(12_000) })
  expect(shown.filter(({ state }) => state === 'known')).toHaveLength(1)
})

it('takes a preview away with the choice that it was of', async () => {
  const { previews, shown, asked, answer } = begin()
  previews.look(business)
  await asked(1)
  previews.look(undefined)
  answer(0, costing(4387))
  await settled()
  expect(shown).toEqual([{ state: 'looking' }, { state: 'same' }])
})

it('asks once for what is typed in one go', async () => {
  const { previews, asked, choices } = begin(20)
  for (const seats of [1, 12, 120]) previews.look({ ...business, seats })
  await asked(1)
  await new Promise((resolve) => setTimeout(resolve, 60))
  expect(choices).toEqual([{ ...business, seats: 120 }])
})

it('tells a failure of the choice that is made, and of no other', async () => {
  const { previews, shown, asked, fail } = begin()
  previews.look(business)
  await asked(1)
  previews.look(yearly)
  fail(0, new Error('late'))
  await asked(2)
  const error = new Error('away')
  fail(1, error)
  await settled()
  expect(shown).toEqual([{ state: 'looking' }, { state: 'looking' }, { state: 'failed', error }])
})

function begin(patience = 0) {
  const shown: Looked[] = []
  const choices: PlanChange[] = []
  const signals: AbortSignal[] = []
  const answers: PromiseWithResolvers<ChangePreview>[] = []
  const previews = createPreviews({
    patience,
    show: (looked) => shown.push(looked),
    ask(choice, signal) {
      choices.push(choice)
      signals.push(signal)
      const answer = Promise.withResolvers<ChangePreview>()
      answers.push(answer)
      return answer.promise
    },
  })
  return {
    previews,
    shown,
    choices,
    signals,
    asked: (count: number) => expect.poll(() => choices.length).toBe(count),
    answer: (at: number, preview: ChangePreview) => answers[at]?.resolve(preview),
    fail: (at: number, error: Error) => answers[at]?.reject(error),
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5))
}

function costing(amount: number): ChangePreview {
  return {
    effective: 'now',
    at: '2026-11-21T12:00:00.000Z',
    planId: 'business',
    interval: 'month',
    seats: 1,
    dueNow: money(amount, 'usd'),
    credit: money(0, 'usd'),
    lines: [],
    next: { total: money(amount, 'usd'), at: '2026-12-21T12:00:00.000Z' },
  }
}
