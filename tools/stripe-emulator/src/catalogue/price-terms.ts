import type Stripe from 'stripe'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { ApiError, invalidRequest, noSuch } from '../http/errors.ts'
import { integer, integerBetween, list, params, text } from '../http/params.ts'
import type { Price } from '../state/state.ts'
import { decimal } from './fields.ts'

const amount = integerBetween(0, 99_999_999)
const places = 12

/** The parameters that say how much a price is and for what. https://docs.stripe.com/api/prices/create */
export const termsParams = {
  billing_scheme: z.enum(['per_unit', 'tiered']).optional(),
  recurring: params<Stripe.PriceCreateParams.Recurring>()({
    interval: z.enum(['day', 'week', 'month', 'year']),
    interval_count: integer.optional(),
    meter: text.optional(),
    usage_type: z.enum(['licensed', 'metered']).optional(),
  }).optional(),
  tiers: list(
    params<Stripe.PriceCreateParams.Tier>()({
      flat_amount: amount.optional(),
      flat_amount_decimal: decimal({ places }).optional(),
      unit_amount: amount.optional(),
      unit_amount_decimal: decimal({ places }).optional(),
      up_to: z.union([z.literal('inf').transform(() => null), integerBetween(1, 999_999_999_999)], {
        error: 'must be a positive integer or inf',
      }),
    }),
  ).optional(),
  tiers_mode: z.enum(['graduated', 'volume']).optional(),
  transform_quantity: params<Stripe.PriceCreateParams.TransformQuantity>()({
    divide_by: integerBetween(1, 999_999_999),
    round: z.enum(['up', 'down']),
  }).optional(),
  unit_amount: amount.optional(),
  unit_amount_decimal: decimal({ places }).optional(),
}

type Given = { [Name in keyof typeof termsParams]?: z.infer<(typeof termsParams)[Name]> }
type Terms = Pick<
  Price,
  | 'billing_scheme'
  | 'recurring'
  | 'tiers'
  | 'tiers_mode'
  | 'transform_quantity'
  | 'type'
  | 'unit_amount'
  | 'unit_amount_decimal'
>

/** Checks them against each other, and gives them the shape that they have in a price. */
export function termsOf(given: Given, ctx: Context): Terms {
  const scheme = given.billing_scheme ?? 'per_unit'
  return {
    billing_scheme: scheme,
    recurring: given.recurring ? recurringOf(given.recurring, ctx) : null,
    type: given.recurring ? 'recurring' : 'one_time',
    ...(scheme === 'tiered' ? tieredTerms(given) : perUnitTerms(given)),
  }
}

function perUnitTerms(given: Given): Omit<Terms, 'billing_scheme' | 'recurring' | 'type'> {
  for (const name of ['tiers', 'tiers_mode'] as const) {
    if (given[name] !== undefined) throw refused(`\`${name}\` can only be passed with \`billing_scheme=tiered\`.`, name)
  }
  const unit = amountOf(given, 'unit_amount')
  if (unit.whole === null && unit.decimal === null) {
    throw invalidRequest('Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set.')
  }
  return {
    tiers_mode: null,
    transform_quantity: given.transform_quantity ?? null,
    unit_amount: unit.whole,
    unit_amount_decimal: unit.decimal,
  }
}

function tieredTerms(given: Given): Omit<Terms, 'billing_scheme' | 'recurring' | 'type'> {
  for (const name of ['unit_amount', 'unit_amount_decimal', 'transform_quantity'] as const) {
    if (given[name] !== undefined) throw refused(`\`${name}\` cannot be passed with \`billing_scheme=tiered\`.`, name)
  }
  if (!given.recurring) {
    throw refused('Prices with `type=one_time` are not supported with tiered billing.', 'interval')
  }
  if (given.tiers_mode === undefined) throw missing('tiers_mode')
  if (given.tiers === undefined) throw missing('tiers')
  checkBounds(given.tiers)
  return {
    tiers: given.tiers.map(tierOf),
    tiers_mode: given.tiers_mode,
    transform_quantity: null,
    unit_amount: null,
    unit_amount_decimal: null,
  }
}

type GivenTier = NonNullable<Given['tiers']>[number]

function tierOf(tier: GivenTier, at: number): NonNullable<Price['tiers']>[number] {
  const path = `tiers[${at}]`
  const [unit, flat] = [amountOf(tier, 'unit_amount', path), amountOf(tier, 'flat_amount', path)]
  if (unit.decimal === null && flat.decimal === null) {
    throw refused('Each tier needs at least one of `unit_amount` and `flat_amount`.', `${path}[unit_amount]`)
  }
  return {
    flat_amount: flat.whole,
    flat_amount_decimal: flat.decimal,
    unit_amount: unit.whole,
    unit_amount_decimal: unit.decimal,
    up_to: tier.up_to,
  }
}

/** Each tier reaches further than the one before, and the last one for ever. */
function checkBounds(tiers: GivenTier[]): void {
  if (tiers.length === 0) throw missing('tiers')
  for (const [at, { up_to: upTo }] of tiers.entries()) {
    const param = `tiers[${at}][up_to]`
    const isLast = at === tiers.length - 1
    if (isLast !== (upTo === null)) throw refused('The last tier, and only that one, must have `up_to=inf`.', param)
    if (upTo !== null && upTo <= (tiers[at - 1]?.up_to ?? 0)) {
      throw refused('The `up_to` of the tiers must increase from tier to tier.', param)
    }
  }
}

/** One amount, which may be given whole or as a decimal. It has a whole form only if it is whole. */
function amountOf<Name extends 'unit_amount' | 'flat_amount'>(
  given: Partial<Record<Name, number | undefined>> & Partial<Record<`${Name}_decimal`, string | undefined>>,
  name: Name,
  path?: string,
): { whole: number | null; decimal: string | null } {
  const [whole, fine] = [given[name], given[`${name}_decimal`]]
  if (whole !== undefined && fine !== undefined) {
    const param = path === undefined ? name : `${path}[${name}]`
    throw new ApiError(
      400,
      'invalid_request_error',
      `You may only specify one of these parameters: ${name}, ${name}_decimal.`,
      { code: 'parameters_exclusive', param },
    )
  }
  const exact = fine ?? (whole === undefined ? null : String(whole))
  return { whole: exact === null || exact.includes('.') ? null : Number(exact), decimal: exact }
}

/** Three years at most. */
const longest = { day: 1095, week: 156, month: 36, year: 3 }

function recurringOf(
  { interval, interval_count: count = 1, meter, usage_type: usage = 'licensed' }: NonNullable<Given['recurring']>,
  { state }: Context,
): Price['recurring'] {
  if (count < 1 || count > longest[interval]) {
    throw refused(`Invalid interval_count: at most ${longest[interval]} ${interval}s.`, 'recurring[interval_count]')
  }
  if (usage === 'metered' && meter === undefined) {
    throw invalidRequest('Starting with Stripe version `2025-03-31.basil`, metered prices must be backed by meters.')
  }
  if (usage === 'licensed' && meter !== undefined) {
    throw refused('`meter` can only be passed with `usage_type=metered`.', 'recurring[meter]')
  }
  const counting = meter === undefined ? null : state.meters.get(meter)
  if (meter !== undefined && !counting) throw noSuch('billing meter', meter, 'recurring[meter]')
  if (counting?.status === 'inactive') throw refused(`The meter ${counting.id} is not active.`, 'recurring[meter]')
  return { interval, interval_count: count, meter: meter ?? null, trial_period_days: null, usage_type: usage }
}

function missing(param: string): ApiError {
  return invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
}

function refused(message: string, param: string): ApiError {
  return invalidRequest(message, { param })
}
