import type { Device, Session } from '@lightpress/auth-contract'

/** "Chromium on Linux", or as much of it as the device says of itself. */
export function deviceName({ browser, system, kind }: Device): string {
  const what = browser ?? (kind === 'program' ? 'A program' : undefined)
  if (system === null) return what ?? 'Unknown device'
  return `${what ?? 'Something'} on ${system}`
}

/** What a session is called: by its device, or by who is behind it. */
export function sessionName({ device, impersonated, current }: Session): string {
  if (!impersonated) return deviceName(device)
  return current ? 'You, acting as this person' : 'Our support, acting as you'
}

export function addressOf({ ip }: Pick<Session, 'ip'>): string {
  return ip ?? 'Unknown address'
}
