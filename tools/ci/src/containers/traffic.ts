import { setTimeout as sleep } from 'node:timers/promises'
import type { Visitor } from './visitor.ts'

/** Milliseconds that somebody rests between two requests. */
const REST = 20

const ZONES = ['Europe/London', 'Europe/Paris', 'America/New_York', 'Asia/Tokyo'] as const

export interface Traffic {
  reads: number
  writes: number
  /** Of the writes, those that were acknowledged and of which an event follows. */
  published: number
  /** When and what was refused, or not answered. */
  failures: string[]
  /** Milliseconds of the slowest request. */
  slowest: number
}

/**
 * People who use every service without end: they read, and they change things, of which events follow. Nobody tries
 * anything twice. Ends with what was counted, when it is told to.
 */
export function startTraffic(visitors: readonly Visitor[]): () => Promise<Traffic> {
  const traffic: Traffic = { reads: 0, writes: 0, published: 0, failures: [], slowest: 0 }
  let going = true

  const ask = async (name: string, kind: 'reads' | 'writes', request: () => Promise<unknown>) => {
    const began = performance.now()
    try {
      await request()
      if (name === 'users.updateMe') traffic.published++
    } catch (error) {
      const { message, cause } = error as Error
      const why = cause instanceof Error ? `${message}: ${cause.message}` : message
      traffic.failures.push(`${new Date().toISOString()} ${name}: ${why}`)
    }
    traffic[kind]++
    traffic.slowest = Math.max(traffic.slowest, performance.now() - began)
    await sleep(REST)
  }

  const visit = async ({ auth, users, billing, notifications }: Visitor) => {
    for (let round = 0; going; round++) {
      const timeZone = ZONES[round % ZONES.length] ?? ZONES[0]
      await ask('users.updateMe', 'writes', () => users.updateMe({ timeZone }))
      await ask('users.getMe', 'reads', () => users.getMe())
      await ask('billing.getSubscription', 'reads', () => billing.getSubscription())
      await ask('notifications.markAllRead', 'writes', () => notifications.markAllRead())
      await ask('notifications.listNotifications', 'reads', () => notifications.listNotifications())
      await ask('auth.listSessions', 'reads', () => auth.listSessions())
    }
  }
  const visits = visitors.map(visit)

  return async () => {
    going = false
    await Promise.all(visits)
    return traffic
  }
}
