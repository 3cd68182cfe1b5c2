import type Stripe from 'stripe'
import type { State } from '../state/state.ts'
import type { OrderedMap } from '../state/ordered-map.ts'
import { collection, type Endpoint } from './endpoint.ts'
import { invalidRequest } from './errors.ts'
import { paging, params, text } from './params.ts'
import { parseQuery, type Clause, type FieldKind, type Query } from './search-query.ts'

/** A field that can be asked for, and where it lies if not under its own name. */
type Field = FieldKind | [FieldKind, path: string]

interface Searchable {
  path: string
  map: keyof State
  fields: Record<string, Field>
}

const money = {
  amount: 'numeric',
  created: 'numeric',
  currency: 'token',
  customer: 'token',
  metadata: 'token',
} as const

/** What can be searched, by what: https://docs.stripe.com/search#query-fields */
const resources: Searchable[] = [
  {
    path: '/v1/charges',
    map: 'charges',
    fields: {
      ...money,
      'billing_details.address.postal_code': 'token',
      disputed: 'token',
      'payment_method_details.card.brand': 'token',
      'payment_method_details.card.exp_month': 'token',
      'payment_method_details.card.exp_year': 'token',
      'payment_method_details.card.fingerprint': 'token',
      'payment_method_details.card.last4': 'token',
      refunded: 'token',
      status: 'token',
    },
  },
  {
    path: '/v1/customers',
    map: 'customers',
    fields: { created: 'numeric', email: 'string', metadata: 'token', name: 'string', phone: 'string' },
  },
  {
    path: '/v1/invoices',
    map: 'invoices',
    fields: {
      created: 'numeric',
      currency: 'token',
      customer: 'token',
      last_finalization_error_code: ['token', 'last_finalization_error.code'],
      last_finalization_error_type: ['token', 'last_finalization_error.type'],
      metadata: 'token',
      number: 'string',
      receipt_number: 'string',
      status: 'string',
      subscription: ['string', 'parent.subscription_details.subscription'],
      total: 'numeric',
    },
  },
  { path: '/v1/payment_intents', map: 'paymentIntents', fields: { ...money, status: 'token' } },
  {
    path: '/v1/prices',
    map: 'prices',
    fields: {
      active: 'token',
      currency: 'token',
      lookup_key: 'string',
      metadata: 'token',
      product: 'string',
      type: 'token',
    },
  },
  {
    path: '/v1/products',
    map: 'products',
    fields: {
      active: 'token',
      description: 'string',
      metadata: 'token',
      name: 'string',
      shippable: 'token',
      url: 'string',
    },
  },
  {
    path: '/v1/subscriptions',
    map: 'subscriptions',
    fields: { created: 'numeric', metadata: 'token', status: 'string' },
  },
]

const searchParams = params<Stripe.CustomerSearchParams>()({
  query: text,
  limit: paging.limit,
  page: text.optional(),
})

interface Found {
  id: string
  deleted?: unknown
  metadata?: Record<string, string>
}

/** Finds at once what Stripe finds within a minute, newest first. */
export const searches: Endpoint[] = resources.map(({ path, map, fields }) => {
  const kinds = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, kindOf(field)]))
  return collection(['GET', `${path}/search`], searchParams, ({ query, limit = 10, page }, { state }) => {
    const asked = parseQuery(query, kinds)
    const objects = state[map] as OrderedMap<Found>
    const wanted = objects.matching((object) => object.deleted !== true && answers(object, asked, fields))
    const behind = page === undefined ? undefined : lastOf(page)
    const found = wanted.take(limit + 1, { behind, backwards: false }, () => true)
    if (!found) throw invalidRequest(`Invalid page: ${page ?? ''}`, { param: 'page' })
    const data = found.slice(0, limit)
    const more = found.length > limit
    return {
      object: 'search_result',
      data,
      has_more: more,
      next_page: more ? pageBehind(data.at(-1)?.id ?? '') : null,
      url: `${path}/search`,
    }
  })
})

function kindOf(field: Field): FieldKind {
  return typeof field === 'string' ? field : field[0]
}

function answers(object: Found, { clauses, joined }: Query, fields: Record<string, Field>): boolean {
  const holds = (clause: Clause) => matches(valueOf(object, clause, fields), clause) !== clause.negated
  return joined === 'OR' ? clauses.some(holds) : clauses.every(holds)
}

function valueOf(object: Found, { field, key }: Clause, fields: Record<string, Field>): unknown {
  if (key !== null) return object.metadata?.[key]
  const known = fields[field]
  const path = typeof known === 'object' ? known[1] : field
  return path.split('.').reduce<unknown>((holder, name) => (holder as Record<string, unknown> | null)?.[name], object)
}

function matches(found: unknown, { operator, value }: Clause): boolean {
  if (value === null) return found === undefined || found === null
  if (typeof found !== 'string' && typeof found !== 'number' && typeof found !== 'boolean') return false
  const [ours, theirs] = [String(found).toLowerCase(), value.toLowerCase()]
  switch (operator) {
    case ':':
      return typeof found === 'number' ? found === Number(value) : ours === theirs
    case '~':
      return ours.includes(theirs)
    case '>':
      return Number(found) > Number(value)
    case '<':
      return Number(found) < Number(value)
    case '>=':
      return Number(found) >= Number(value)
    case '<=':
      return Number(found) <= Number(value)
  }
}

/** Pages are named by what was last seen, so that what comes meanwhile repeats nothing. */
function pageBehind(id: string): string {
  return Buffer.from(id).toString('base64url')
}

function lastOf(page: string): string {
  return Buffer.from(page, 'base64url').toString()
}
