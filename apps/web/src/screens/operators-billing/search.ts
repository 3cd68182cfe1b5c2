import type { Account, StripeEvent } from '@lightpress/billing-contract'
import type { BadgeProps } from '../../ui/badge.tsx'
import { isId, textOf } from '../../ui/search-params.ts'
import { eventOutcomes } from './event-words.ts'

type Tone = NonNullable<BadgeProps['tone']>
type Status = Account['subscription']['status']
type PlanId = Account['subscription']['planId']

/** As the payment provider has them: operators compare with it. */
export const statusWords: Record<Status, { label: string; tone: Tone }> = {
  active: { label: 'Active', tone: 'success' },
  trialing: { label: 'Trial', tone: 'info' },
  past_due: { label: 'Past due', tone: 'danger' },
  unpaid: { label: 'Unpaid', tone: 'danger' },
  incomplete: { label: 'Incomplete', tone: 'warning' },
  canceled: { label: 'Ended', tone: 'neutral' },
}

export const planWords: Record<PlanId, string> = { free: 'Free', pro: 'Pro', business: 'Business' }

export const statusOptions = Object.entries(statusWords).map(([value, { label }]) => ({ value, label }))
export const planOptions = Object.entries(planWords).map(([value, label]) => ({ value, label }))

type Address = Record<string, string | string[] | undefined>

/** `null`: what stands in the address is no whole id, so there is nothing to ask for. */
export type Organization = { organizationId?: string } | null

export interface AccountSearch {
  status?: Status
  planId?: PlanId
  organizationId?: string
}

/** What an address asks for. What there is not is left out. */
export function parseAccountSearch(address: Address): AccountSearch | null {
  const organization = parseOrganization(address)
  if (!organization) return null
  const [status, planId] = [one(statusWords, address.status), one(planWords, address.plan)]
  return { ...organization, ...(status && { status }), ...(planId && { planId }) }
}

export interface EventSearch {
  type?: string
  outcome?: StripeEvent['outcome']
  organizationId?: string
}

export function parseEventSearch(address: Address): EventSearch | null {
  const organization = parseOrganization(address)
  if (!organization) return null
  const typed = textOf(address.type).toLowerCase()
  // What no type has in it finds nothing: it is not asked for.
  if (!/^[a-z_.]{0,100}$/.test(typed)) return null
  const outcome = one(eventOutcomes, address.outcome)
  return { ...organization, ...(typed !== '' && { type: typed }), ...(outcome && { outcome }) }
}

function parseOrganization({ organization }: Address): Organization {
  const typed = textOf(organization).toLowerCase()
  if (typed === '') return {}
  return isId(typed) ? { organizationId: typed } : null
}

function one<K extends string>(known: Record<K, unknown>, wanted: string | string[] | undefined): K | undefined {
  return (Object.keys(known) as K[]).find((key) => key === wanted)
}
