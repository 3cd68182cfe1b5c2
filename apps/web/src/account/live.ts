import type { Notification } from '@lightpress/notifications-contract'
import { fromProblem, isAppError } from '@lightpress/protocol'
import { revalidate } from '@solidjs/router'
import { routes } from 'virtual:lightpress-routes/notifications'
import { isStillSignedIn, sessionFetch } from '../api/session.ts'
import { follow } from '../live/follow.ts'
import { shareStream } from '../live/share.ts'
import type { ServerEvent } from '../live/sse.ts'
import { toast } from '../ui/toast.ts'
import { setUnread, unread } from './unread.ts'

/** The queries whose answers a notification of a category makes old. */
const told: Partial<Record<Notification['category'], string[]>> = {
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
  billing: ['subscription', 'invoices'],
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
  return shareStream({
    name: `lightpress.notifications.${userId}`,
    locks: navigator.locks,
    follow: (lastEventId, onEvent, signal) =>
      follow({
        open,
        lastEventId,
        onEvent,
        signal,
        isFinal: (error) => isAppError(error) && error.code === 'unauthenticated',
      }),
    onEvent: receive,
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

function receive({ type, data }: ServerEvent) {
  if (type === 'unread') return receiveCount((JSON.parse(data) as { count: number }).count)
  if (type !== 'notification') return
  const notification = JSON.parse(data) as Notification
  void readAgain(notification.category)
  if (document.visibilityState === 'visible') toast({ title: notification.title, detail: notification.body })
  for (const listener of listeners) listener(notification)
}

/** What it tells of has changed as well, on whatever screen it is shown; and what the session may do, perhaps. */
async function readAgain(category: Notification['category']) {
  if (category === 'account') await isStillSignedIn().catch(() => undefined)
  await revalidate(['notifications', ...(told[category] ?? [])])
}

/** The server says it whenever the stream opens: another count than ours means that the lists are behind too. */
function receiveCount(count: number) {
  if (count === unread()) return
  setUnread(count)
  void revalidate('notifications')
}
