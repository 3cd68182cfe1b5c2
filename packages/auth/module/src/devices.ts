import type { Device } from '@lightpress/auth-contract'
import { parse } from 'bowser'

const kinds: Record<string, Device['kind']> = { desktop: 'desktop', mobile: 'phone', tablet: 'tablet' }

/** What a `User-Agent` says of itself, for people to recognise: nothing is decided by it. */
export function deviceOf(userAgent: string | null): Device {
  const said = userAgent?.trim()
  if (!said) return { browser: null, system: null, kind: 'unknown' }
  const { browser, engine, os, platform } = parse(said)
  const system = os.name || null
  // Only browsers have an engine. All other clients have a name of their own, which stands first (RFC 9110, 10.1.5).
  if (!engine.name) {
    const product = /^(?!Mozilla\b)[a-z][\w.-]{0,39}(?=$|[/ ])/i.exec(said)?.[0] ?? null
    return { browser: product, system, kind: kinds[platform.type ?? ''] ?? (product ? 'program' : 'unknown') }
  }
  // What names no platform is a browser on a system of which there is but one kind, as Chrome OS.
  return { browser: browser.name || null, system, kind: kinds[platform.type ?? 'desktop'] ?? 'unknown' }
}
