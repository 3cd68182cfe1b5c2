/** What the bell is called: its count is for the eye. */
export function bellName(count: number): string {
  return count === 0 ? 'Notifications' : `Notifications, ${count} unread`
}
