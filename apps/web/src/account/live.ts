import type { Notification } from '@lightpress/notifications-contract'
import { fromProblem, isAppError } from '@lightpress/protocol'
import { revalidate } from '@solidjs/router'
import { routes } from 'virtual:lightpress-routes/notifications'
import { isStillSignedIn, sessionFetch } from '../api/session.ts'
import { readSession } from '../api/session-note.ts'
import { follow } from '../live/follow.ts'
import { shareStream } from '../live/share.ts'
import { whileShown } from '../live/while-shown.ts'
import { toast } from '../ui/toast.ts'
import { hearUnread, unread } from './unread.ts'

/** The queries whose answers a notification of a category makes old. */
const stale: Partial<Record<Notification['category'], string[]>> = {
  account: [
    'session',
    'active-organization',
    'organizations',
    'members',
    'owners',
    'invitations',
    'organization-activity',
    'exports',
  ],
  billing: ['subscription', 'invoices', 'next-invoice', 'usage'],
  security: ['sessions', 'activity', 'email-change', 'me', 'credentials'],
}
const listeners = new Set<(notification: Notification) => void>()

/** Called with each notification as it arrives; returns its own undoing. */
export function onNotification(listener: (notification: Notification) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Follows the person's notifications, one stream a browser. Returns its end. */
export function followNotifications(userId: string): () => void {
  // What was told while the page was put aside is nowhere but in what is read again.
  return whileShown(() => share(userId), { onReturn: () => void revalidate() })
}

function share(userId: string): () => void {
  let told = false
  return shareStream({
    name: `lightpress.notifications.${userId}`,
    locks: navigator.locks,
    follow: (lastEventId, onEvent, signal) =>
      follow({
        open,
        lastEventId,
        onEvent,
        signal,
        // A process that has not heard of a new session yet refuses it too: only where it is over here, it is.
        isFinal: (error) => isAppError(error) && error.code === 'unauthenticated' && !readSession(),
      }),
    isState: ({ type }) => type === 'unread',
    onEvent: ({ type, data }) => {
      if (type === 'unread') {
        receiveCount((JSON.parse(data) as { count: number }).count, { isNews: told })
        told = true
      } else if (type === 'notification') receive(JSON.parse(data) as Notification)
    },
  })
}

/** Opening renews the session on the way; once open, the stream ends with the session and not with its token. */
async function open(lastEventId: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const response = await sessionFetch(routes.streamNotifications.path, {
    headers: { accept: 'text/event-stream', ...(lastEventId && { 'last-event-id': lastEventId }) },
    signal,
  })
  if (!response.ok || !response.body) throw fromProblem(response.status, await response.json().catch(() => undefined))
  return response.body
}

function receive(notification: Notification) {
  void readAgain(notification.category)
  if (document.visibilityState === 'visible') toast({ title: notification.title, detail: notification.body })
  for (const listener of listeners) listener(notification)
}

/** What it tells of has changed as well, on whatever screen it is shown; and what the session may do, perhaps. */
async function readAgain(category: Notification['category']) {
  if (category === 'account') await isStillSignedIn().catch(() => undefined)
  await revalidate(stale[category] ?? [])
}

/**
 * The server says it when the stream opens and after everything that changes a list, be it that the count is the same.
 * What was just read is behind only where the count says so.
 */
function receiveCount(count: number, { isNews }: { isNews: boolean }) {
  const behind = isNews || count !== unread()
  hearUnread(count)
  if (behind) void revalidate('notifications')
}
