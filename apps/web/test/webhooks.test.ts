import { WebhookDelivery, WebhookEventType, type WebhookEndpoint } from '@lightpress/notifications-contract'
import { describe, expect, it } from 'vitest'
import { replayAll, replayedWords } from '../src/screens/webhook-endpoint/missed.ts'
import { overlapChoices, overlapWords } from '../src/screens/webhook-endpoint/overlap.ts'
import {
  answerOf,
  deliveryStatuses,
  durationWords,
  headerLines,
  lookAgainAfter,
  readable,
  triesWords,
} from '../src/screens/webhooks/delivery-words.ts'
import { stateOf, stateWords } from '../src/screens/webhooks/endpoint-state.ts'
import { eventTypes, eventTypeWords, loggedTypes } from '../src/screens/webhooks/event-types.ts'
import { parseFilter, toDeliveryFilter } from '../src/screens/webhooks/filter.ts'

const now = Date.parse('2026-11-20T12:00:00.000Z')
const inSeconds = (seconds: number) => new Date(now + seconds * 1000).toISOString()

describe('event types', () => {
  it('can all be chosen, each once', () => {
    expect(eventTypes.toSorted()).toEqual(WebhookEventType.options.toSorted())
  })

  it('have words, and a newer one its name', () => {
    for (const { value, label } of loggedTypes) expect(label).not.toBe(value)
    expect(eventTypeWords('moon.landed' as WebhookEventType)).toBe('moon.landed')
  })

  it('can all be looked for in the log, and tests as well', () => {
    expect(loggedTypes.map(({ value }) => value).toSorted()).toEqual(
      [...WebhookEventType.options, 'webhooks.test'].toSorted(),
    )
  })
})

type Standing = Pick<WebhookEndpoint, 'status' | 'disabledBecause' | 'failingSince'>

it.each<[Standing, string]>([
  [{ status: 'enabled', disabledBecause: null, failingSince: null }, 'Enabled'],
  [{ status: 'enabled', disabledBecause: null, failingSince: inSeconds(-60) }, 'Failing'],
  [{ status: 'disabled', disabledBecause: 'person', failingSince: inSeconds(-60) }, 'Disabled'],
  [{ status: 'disabled', disabledBecause: 'failing', failingSince: inSeconds(-60) }, 'Disabled: it failed'],
  [{ status: 'disabled', disabledBecause: 'gone', failingSince: inSeconds(-60) }, 'Disabled: gone'],
])('an endpoint with %j is called "%s"', (endpoint, label) => {
  expect(stateWords[stateOf(endpoint)].label).toBe(label)
})

describe('a delivery', () => {
  it.each([
    [{ status: 'pending', attempts: 0, lastStatus: null }, 'not sent yet'],
    [{ status: 'cancelled', attempts: 0, lastStatus: null }, 'never sent'],
    [{ status: 'delivered', attempts: 1, lastStatus: 200 }, 'answered 200'],
    [{ status: 'failed', attempts: 1, lastStatus: null }, 'no answer'],
    [{ status: 'failed', attempts: 3, lastStatus: 500 }, '3 attempts, answered 500 last'],
    [{ status: 'pending', attempts: 3, lastStatus: null }, '3 attempts, no answer to the last'],
  ] as const)('with %j was %s', (delivery, words) => expect(triesWords(delivery)).toBe(words))

  it('is asked about soon when an attempt is due, now and then when it is not, and never once it is settled', () => {
    const pending = (nextAttemptAt: string | null) => lookAgainAfter({ status: 'pending', nextAttemptAt }, now)
    expect(pending(null)).toBe(3_000)
    expect(pending(inSeconds(-10))).toBe(3_000)
    expect(pending(inSeconds(20))).toBe(20_000)
    expect(pending(inSeconds(3600))).toBe(60_000)
    for (const status of ['delivered', 'failed', 'cancelled'] as const)
      expect(lookAgainAfter({ status, nextAttemptAt: inSeconds(20) }, now)).toBeUndefined()
  })
})

describe('an answer', () => {
  it.each([
    [200, 'Answered 200', 'success'],
    [204, 'Answered 204', 'success'],
    [302, 'Answered 302', 'danger'],
    [500, 'Answered 500', 'danger'],
    [null, 'No answer', 'danger'],
  ])('of %s is "%s", in %s', (responseStatus, label, tone) => {
    expect(answerOf({ responseStatus })).toEqual({ label, tone })
  })

  it('took so long, and had these headers', () => {
    expect([durationWords(0), durationWords(999), durationWords(1000), durationWords(15_040)]).toEqual([
      '0 ms',
      '999 ms',
      '1.0 s',
      '15.0 s',
    ])
    expect(headerLines({ 'webhook-id': 'msg_1', accept: '*/*' })).toBe('accept: */*\nwebhook-id: msg_1')
  })
})

it('sets JSON in lines, and leaves alone what is none', () => {
  expect(readable('{"a":{"b":1}}')).toBe('{\n  "a": {\n    "b": 1\n  }\n}')
  expect(readable('<h1>Bad gateway')).toBe('<h1>Bad gateway')
})

describe('the filter of the log', () => {
  it('asks for what is chosen', () => {
    expect(toDeliveryFilter(parseFilter({ status: 'failed', type: 'invoice.paid', cursor: 'x' }))).toEqual({
      status: 'failed',
      eventType: 'invoice.paid',
    })
  })

  it('leaves out what there is not', () => {
    expect(toDeliveryFilter(parseFilter({ status: 'lost', type: 'moon.landed' }))).toEqual({})
    expect(parseFilter({ status: ['a', 'b'], type: '' })).toEqual({})
  })

  it('has every status', () => {
    const statuses = WebhookDelivery.shape.status.options.toSorted()
    expect(deliveryStatuses.map(({ value }) => value).toSorted()).toEqual(statuses)
  })
})

describe('what was missed', () => {
  const pages = [
    { replayed: 100, nextCursor: 'a' },
    { replayed: 30, nextCursor: null },
  ]

  it('is asked for page after page, and told in one', async () => {
    const [asked, told]: [(string | null)[], number[]] = [[], []]
    await replayAll(
      (cursor) => Promise.resolve(pages[asked.push(cursor) - 1] ?? { replayed: 0, nextCursor: null }),
      (count) => told.push(count),
    )
    expect([asked, told]).toEqual([[null, 'a'], [130]])
  })

  it('is told as far as it came where it is refused on the way', async () => {
    const told: number[] = []
    const refused = (cursor: string | null) =>
      cursor === null ? Promise.resolve({ replayed: 100, nextCursor: 'a' }) : Promise.reject(new Error('enough'))
    await expect(replayAll(refused, (count) => told.push(count))).rejects.toThrow('enough')
    expect(told).toEqual([100])
  })

  it('is counted in words', () => {
    expect([0, 1, 2].map(replayedWords)).toEqual([
      'Nothing was missed',
      'One delivery is being sent once more',
      '2 deliveries are being sent once more',
    ])
  })
})

it('says of each overlap what it means for whoever checks signatures', () => {
  for (const { value } of overlapChoices)
    expect(overlapWords(Number(value))).toMatch(value === '0' ? /refuses/ : /both signatures/)
})
