/** What the bell is called: what is shown of its count is for the eye. */
export function bellName(count: number): string {
  return count === 0 ? 'Notifications' : `Notifications, ${count} unread`
}

/** As much of it as there is room for. */
export function shortCount(count: number): string {
  return count > 99 ? '99+' : String(count)
}
