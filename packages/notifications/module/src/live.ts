import type { Db, Logger } from '@lightpress/kernel'
import type { streamEvents } from '@lightpress/notifications-contract'
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { NotificationsContext } from './context.ts'
import { countUnread, toNotification } from './inbox.ts'
import { notification, reader } from './schema.ts'

/** The signal, to every process, that there is something to read for a person. */
export const changed = 'notifications.person'
const Changed = z.object({ userId: z.uuid() })

const PAGE = 100
const RETRY_AFTER = 1_000

/** Milliseconds: a process that is killed between a commit and its signal leaves news of which nobody is told. */
const LOOK_AGAIN = 60_000

/** An open stream. It has been sent everything up to `after`. */
export interface Reader {
  after: number
  /** The count that it was told last; none once there may be more to know than the count says. */
  unread?: number
  send(event: { event: keyof typeof streamEvents; data: unknown; id: string }): void
}

interface Person {
  readers: Set<Reader>
  reading: boolean
  again: boolean
  retry?: NodeJS.Timeout
}

type Source = Pick<NotificationsContext, 'db' | 'signals'>

/**
 * Brings the open streams of this process up to date. A signal carries no news, it only says that there may be
 * some: what is new for a person is read from the table, once for all their streams, from the furthest behind of
 * them on. So catching up and following are the same reading, and nothing can fall between the two. Every signal is
 * answered with a count, be it the same as before: what is read already goes to the archive and comes back from it.
 */
export function createLive({ log, lookAgain = LOOK_AGAIN }: { log: Logger; lookAgain?: number }) {
  const people = new Map<string, Person>()
  let unsubscribe: (() => void) | undefined

  function follow(userId: string, reader: Reader, { db, signals }: Source): () => void {
    unsubscribe ??= subscribe({ db, signals })
    const person = people.get(userId) ?? { readers: new Set(), reading: false, again: false }
    people.set(userId, person)
    person.readers.add(reader)
    void update(userId, { person, db })
    return () => {
      person.readers.delete(reader)
      if (person.readers.size > 0) return
      clearTimeout(person.retry)
      people.delete(userId)
      if (people.size > 0) return
      unsubscribe?.()
      unsubscribe = undefined
    }
  }

  function subscribe({ db, signals }: Source): () => void {
    const timer = setInterval(() => void lookForMissed(db), lookAgain).unref()
    const undo = [
      () => clearInterval(timer),
      signals.on(changed, (message) => {
        const { userId } = Changed.parse(message)
        const person = people.get(userId)
        if (person) tellAnew(userId, { person, db })
      }),
      signals.onConnect(() => {
        for (const [userId, person] of people) tellAnew(userId, { person, db })
      }),
    ]
    return () => undo.forEach((stop) => stop())
  }

  function tellAnew(userId: string, { person, db }: { person: Person; db: Db }): void {
    for (const reader of person.readers) delete reader.unread
    void update(userId, { person, db })
  }

  /** By their last numbers, all people in one statement. */
  async function lookForMissed(db: Db): Promise<void> {
    try {
      for (const { userId, last } of await readLast(db, [...people.keys()])) {
        const person = people.get(userId)
        const isBehind = person && [...person.readers].some(({ after }) => after < last)
        if (isBehind) void update(userId, { person, db })
      }
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'what open streams missed could not be looked for; soon again')
    }
  }

  /** One reading at a time for a person; what is asked for meanwhile is one more afterwards. */
  async function update(userId: string, { person, db }: { person: Person; db: Db }): Promise<void> {
    person.again = true
    if (person.reading) return
    person.reading = true
    try {
      while (person.again && person.readers.size > 0) {
        person.again = false
        await bring(userId, { readers: person.readers, db })
      }
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'open streams could not be brought up to date; soon again')
      clearTimeout(person.retry)
      if (person.readers.size > 0)
        person.retry = setTimeout(() => void update(userId, { person, db }), RETRY_AFTER).unref()
    } finally {
      person.reading = false
    }
  }

  return {
    follow,
    /** How many streams a person has open in this process. */
    streamsOf: (userId: string) => people.get(userId)?.readers.size ?? 0,
  }
}

export type Live = ReturnType<typeof createLive>

async function bring(userId: string, { readers: open, db }: { readers: ReadonlySet<Reader>; db: Db }): Promise<void> {
  // Who joins during a reading may be further behind than it began, and gets the next one.
  const readers = [...open]
  const sent = new Set<Reader>()
  for (let more = true; more;) {
    const here = readers.filter((reader) => open.has(reader))
    if (here.length === 0) return
    const rows = await readAfter(db, userId, Math.min(...here.map(({ after }) => after)))
    for (const row of rows) {
      for (const reader of here) {
        if (row.sequence <= reader.after) continue
        reader.send({ event: 'notification', data: toNotification(row), id: String(row.sequence) })
        reader.after = row.sequence
        sent.add(reader)
      }
    }
    more = rows.length === PAGE
  }
  const count = await countUnread(db, userId)
  for (const reader of readers) {
    if (reader.unread === count && !sent.has(reader)) continue
    reader.unread = count
    // With an id, so that a reader who was never sent a notification resumes from here and not from later.
    reader.send({ event: 'unread', data: { count }, id: String(reader.after) })
  }
}

function readAfter(db: Db, userId: string, sequence: number) {
  return db
    .select()
    .from(notification)
    .where(and(eq(notification.userId, userId), gt(notification.sequence, sequence)))
    .orderBy(asc(notification.sequence))
    .limit(PAGE)
}

function readLast(db: Db, userIds: readonly string[]) {
  return db
    .select({ userId: reader.userId, last: reader.lastSequence })
    .from(reader)
    .where(sql`${reader.userId} = any(${sql.param(userIds)}::uuid[])`)
}
