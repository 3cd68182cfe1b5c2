import type { Notification } from '@lightpress/notifications-contract'
import type { Show } from './filter.ts'

/** What somebody does to one of their notifications. */
export type Change =
  | { kind: 'read' | 'unread' | 'archive'; id: string }
  /** `unread`: as which it was put away. */
  | { kind: 'restore'; id: string; unread?: boolean }

export interface UnderWay {
  changes: readonly Change[]
  /** Of each that marks all as read up to a sequence. */
  readUpTo: readonly number[]
}

/** The page as it will be when what is under way has been done, so that nobody waits for it. */
export function afterwards(items: readonly Notification[], show: Show, underWay: UnderWay): Notification[] {
  return items.map((item) => after(item, underWay)).filter((item) => belongs(item, show))
}

/** How many more, or fewer, will be unread. */
export function unreadBy({ readAt }: Pick<Notification, 'readAt'>, change: Change): number {
  // What is in the archive counts as read, whatever it was before.
  if (change.kind === 'restore') return change.unread ? 1 : 0
  if (change.kind === 'unread') return readAt === null ? 0 : 1
  return readAt === null ? -1 : 0
}

function after(item: Notification, { changes, readUpTo }: UnderWay): Notification {
  const read = { readAt: item.readAt ?? item.createdAt }
  const begin = readUpTo.some((sequence) => item.sequence <= sequence) ? { ...item, ...read } : item
  return changes
    .filter(({ id }) => id === item.id)
    .reduce<Notification>((last, { kind }) => {
      if (kind === 'unread') return { ...last, readAt: null }
      if (kind === 'restore') return { ...last, archivedAt: null }
      return { ...last, ...read, ...(kind === 'archive' && { archivedAt: item.archivedAt ?? item.createdAt }) }
    }, begin)
}

function belongs({ readAt, archivedAt }: Notification, show: Show): boolean {
  if (show === 'archive') return archivedAt !== null
  return archivedAt === null && (show === 'inbox' || readAt === null)
}
