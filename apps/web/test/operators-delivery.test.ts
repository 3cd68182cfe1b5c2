import { describe, expect, it } from 'vitest'
import { MailRecord } from '@lightpress/notifications-contract'
import type { Letter } from '../src/screens/operators-dead-letters/data.ts'
import {
  isSettled,
  type LetterState,
  reachesFarther,
  replayWords,
} from '../src/screens/operators-dead-letters/words.ts'
import { messagesPath, parseMailSearch } from '../src/screens/operators-messages/search.ts'
import { attemptsWords, statusOptions, templateWords, waits } from '../src/screens/operators-messages/words.ts'
import { deadByModule, deadWords, queueWords } from '../src/screens/operators-queues/words.ts'

const id = '019aa1b2-0000-7000-8000-00000000000a'

describe('the log of e-mail', () => {
  it('is asked for as far as an address says whole things', () => {
    expect(parseMailSearch({})).toEqual({})
    expect(parseMailSearch({ person: ` ${id.toUpperCase()} `, status: 'failed', template: 'receipt' })).toEqual({
      userId: id,
      status: 'failed',
      template: 'receipt',
    })
    expect(parseMailSearch({ person: 'Ada@Example.com', organization: id })).toEqual({
      recipient: 'Ada@Example.com',
      organizationId: id,
    })
    expect(parseMailSearch({ status: 'constructor', template: 'no template' })).toEqual({})
    expect(parseMailSearch({ person: [id, id], status: ['failed'] })).toEqual({})
  })

  it('has nothing for what is no address and no id', () => {
    expect(parseMailSearch({ person: 'Ada' })).toBeNull()
    expect(parseMailSearch({ organization: id.slice(1) })).toBeNull()
  })

  it('is narrowed down by a link as it is by hand', () => {
    for (const of of [{ userId: id }, { organizationId: id }]) {
      const query = Object.fromEntries(new URL(messagesPath(of), 'http://localhost').searchParams)
      expect(parseMailSearch(query)).toEqual(of)
    }
  })

  it('offers every status, and has words for a template of a newer server', () => {
    expect(statusOptions.map(({ value }) => value).toSorted()).toEqual(MailRecord.shape.status.options.toSorted())
    expect(templateWords('of_a_newer_server')).toBe('Of a newer server')
    expect(templateWords('constructor')).toBe('Constructor')
  })

  it('says until when a mail waits, and of one that is gone nothing', () => {
    const notBefore = '2026-11-22T06:00:00.000Z'
    const [before, after] = [new Date('2026-11-22T05:59:59Z'), new Date('2026-11-22T06:00:00Z')]
    expect(waits({ status: 'pending', notBefore }, before)).toBe(notBefore)
    expect(waits({ status: 'pending', notBefore }, after)).toBeNull()
    expect(waits({ status: 'pending', notBefore: null }, before)).toBeNull()
    expect(waits({ status: 'sent', notBefore }, before)).toBeNull()
    expect([1, 3].map(attemptsWords)).toEqual(['1 attempt', '3 attempts'])
  })
})

describe('a queue', () => {
  it('is named for who listens', () => {
    expect(queueWords({ module: 'users', listener: 'billing', kind: 'event' }).title).toBe('users to billing')
    expect(queueWords({ module: 'billing', listener: 'billing', kind: 'job' })).toEqual({
      title: 'billing',
      detail: 'its own jobs',
    })
  })

  it('counts what is dead with the others of its module', () => {
    const queues = [
      { module: 'users', dead: 1 },
      { module: 'users', dead: 2 },
      { module: 'billing', dead: 0 },
    ]
    expect(deadByModule(queues)).toEqual([{ module: 'users', dead: 3 }])
    expect([1, 3].map(deadWords)).toEqual(['1 dead letter', '3 dead letters'])
  })
})

describe('a dead letter', () => {
  const letter: Letter = {
    ...{ id, listener: 'billing', kind: 'event', type: 'users.user.created.v1', payload: {} },
    ...{ error: null, requestId: 'req-1', createdAt: '2026-11-21T09:00:00.000Z' },
  }

  it('is followed until it is done, or dead again', () => {
    expect([undefined, 'pending', 'published', 'done', 'dead'].map((state) => isSettled(state as LetterState))).toEqual(
      [false, false, false, true, true],
    )
  })

  it('is asked about by how many there are', () => {
    expect(replayWords({ letters: [letter] }, 'users')).toBe('Replay this dead letter?')
    expect(replayWords({ letters: [letter, letter, letter] }, 'users')).toBe('Replay 3 dead letters?')
    expect(replayWords({ all: undefined }, 'users')).toBe('Replay all dead letters of users?')
    expect(replayWords({ all: 1 }, 'users')).toBe('Replay the 1 dead letter of users?')
    expect(replayWords({ all: 37 }, 'users')).toBe('Replay all 37 dead letters of users?')
  })

  it('may be one of more than are shown', () => {
    expect([undefined, 2, 1].map((all) => reachesFarther({ all }, [letter]))).toEqual([true, true, false])
    expect(reachesFarther({ letters: [letter] }, [letter])).toBe(false)
  })
})
