import type { State } from '../state/state.ts'
import { matchesType } from '../webhooks/event-types.ts'
import type { ChaosRule, RequestRule, WebhookRule } from './chaos-rules.ts'

/** What goes wrong with this webhook: the first rule, in the order of their creation, that strikes. */
export function webhookMishap(
  { chaos }: State,
  { type, endpoint }: { type: string; endpoint: string },
): WebhookRule | null {
  for (const rule of chaos.values()) {
    if (!('types' in rule) || (rule.endpoint !== null && rule.endpoint !== endpoint)) continue
    if ((rule.types?.some((wanted) => matchesType(type, wanted)) ?? true) && strikes(rule)) return rule
  }
  return null
}

/** What goes wrong with this request. */
export function requestMishap(
  { chaos }: State,
  { method, path }: { method: string; path: string },
): RequestRule | null {
  for (const rule of chaos.values()) {
    if (!('path' in rule) || (rule.method !== null && rule.method !== method)) continue
    if ((rule.path === null || matchesPath(path, rule.path)) && strikes(rule)) return rule
  }
  return null
}

/** The same in another order; which one, the rule's seed says and how often it has struck. */
export function shuffled<Item>(items: Iterable<Item>, { seed, struck }: { seed: number; struck: number }): Item[] {
  const before = [...items]
  const draws = new Map(before.map((item, at) => [item, drawn(seed, struck + at)]))
  const after = before.toSorted((a, b) => (draws.get(a) ?? 0) - (draws.get(b) ?? 0))
  return after.some((item, at) => item !== before[at]) ? after : before.toReversed()
}

function strikes(rule: ChaosRule): boolean {
  if (!rule.on || (rule.times !== null && rule.struck >= rule.times)) return false
  rule.matched += 1
  if (rule.matched <= rule.skip || drawn(rule.seed, rule.matched) >= rule.probability) return false
  rule.struck += 1
  return true
}

/**
 * The `nth` number, from 0 to under 1, of this seed. Each stands for itself, so the rule's counter is all there is to
 * keep. The mixing is that of MurmurHash3's finaliser.
 */
function drawn(seed: number, nth: number): number {
  let mixed = (seed + Math.imul(nth, 0x9e_37_79_b9)) | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85_eb_ca_6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2_b2_ae_35)
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 0x1_00_00_00_00
}

function matchesPath(path: string, wanted: string): boolean {
  const [first = '', ...parts] = wanted.split('*')
  if (!path.startsWith(first)) return false
  const last = parts.pop()
  if (last === undefined) return path === wanted
  let from = first.length
  for (const part of parts) {
    const found = path.indexOf(part, from)
    if (found < 0) return false
    from = found + part.length
  }
  return path.length - last.length >= from && path.endsWith(last)
}
