import type { Device, Session } from '@lightpress/auth-contract'

/** "Chromium on Linux", or as much of it as the device says of itself. */
export function deviceName({ browser, system, kind }: Device): string {
  const what = browser ?? (kind === 'program' ? 'A program' : undefined)
  if (system === null) return what ?? 'Unknown device'
  return `${what ?? 'Something'} on ${system}`
}

export function addressOf({ ip }: Pick<Session, 'ip'>): string {
  return ip ?? 'Unknown address'
}
