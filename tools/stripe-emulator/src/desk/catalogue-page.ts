import { formatMoney } from '../arithmetic/money.ts'
import type { Context } from '../context.ts'
import { html, type Html } from '../pages/html.ts'
import { badge, type Page } from '../pages/layout.ts'
import { unitPrice } from '../pages/wording.ts'
import type { Coupon, Meter, Price, Product, PromotionCode, State } from '../state/state.ts'
import { desk } from './desk-layout.ts'
import { linkTo } from './objects.ts'
import { code, heading, section, table, type Column } from './parts.ts'

/** What can be sold, what is taken off, and what is measured. */
export function cataloguePage(ctx: Context): Page {
  const { state } = ctx
  return desk(
    {
      title: 'Catalogue',
      at: '/catalogue',
      body: html`
        ${heading('Catalogue', { lead: 'What can be sold, what is taken off, and what is measured.' })}
        ${section('Products', productsTable(state))} ${section('Coupons', couponsTable(state))}
        ${state.promotionCodes.size > 0 && section('Promotion codes', codesTable(state))}
        ${section('Meters', metersTable(state))}
      `,
    },
    ctx,
  )
}

function productsTable({ products, prices }: State): Html {
  const columns: Column<Product>[] = [
    { label: 'Product', cell: ({ id, name }) => html`<a href="/objects/${id}">${name}</a>` },
    {
      label: 'Prices',
      cell: ({ id }) =>
        newest(prices)
          .filter(({ product }) => product === id)
          .map(priceLine),
    },
    { label: 'Inactive', kind: 'action', cell: ({ active }) => activeBadge(active) },
    { label: 'Id', kind: 'extra', cell: ({ id }) => code(id) },
  ]
  return table(columns, { rows: newest(products), label: 'Products', empty: 'Nothing is sold yet.' })
}

function priceLine(price: Price): Html {
  return html`<span class="line"
    ><a href="/objects/${price.id}">${unitPrice(price)}</a> ${activeBadge(price.active)}
    ${price.lookup_key && html`<small>${price.lookup_key}</small>`}</span
  >`
}

function couponsTable({ coupons }: State): Html {
  const columns: Column<Coupon>[] = [
    { label: 'Coupon', cell: ({ id, name }) => html`<a href="/objects/${id}">${name ?? id}</a>` },
    { label: 'Takes off', cell: takesOff },
    {
      label: 'For',
      cell: ({ duration, duration_in_months: months }) => (months === null ? duration : `${months} months`),
    },
    {
      label: 'Redeemed',
      kind: 'number',
      cell: ({ times_redeemed: times, max_redemptions: most }) => ofMost(times, most),
    },
    { label: 'Inactive', kind: 'action', cell: ({ valid }) => activeBadge(valid) },
  ]
  return table(columns, { rows: newest(coupons), label: 'Coupons', empty: 'No coupon.' })
}

function takesOff({ percent_off: percent, amount_off: amount, currency }: Coupon): string {
  return percent === null ? formatMoney(amount ?? 0, currency ?? 'usd') : `${percent} %`
}

function codesTable(state: State): Html {
  const columns: Column<PromotionCode>[] = [
    { label: 'Code', cell: ({ id, code: typed }) => html`<a href="/objects/${id}">${typed}</a>` },
    { label: 'Coupon', cell: ({ promotion }) => promotion.coupon !== null && linkTo(promotion.coupon, state) },
    {
      label: 'Redeemed',
      kind: 'number',
      cell: ({ times_redeemed: times, max_redemptions: most }) => ofMost(times, most),
    },
    { label: 'Inactive', kind: 'action', cell: ({ active }) => activeBadge(active) },
  ]
  return table(columns, { rows: newest(state.promotionCodes), label: 'Promotion codes', empty: 'No code.' })
}

function metersTable({ meters, usage }: State): Html {
  const reports = Map.groupBy(usage.values(), ({ eventName }) => eventName)
  const columns: Column<Meter>[] = [
    { label: 'Meter', cell: ({ id, display_name: name }) => html`<a href="/objects/${id}">${name}</a>` },
    { label: 'Event name', cell: ({ event_name: event }) => code(event) },
    { label: 'Takes the', kind: 'extra', cell: ({ default_aggregation: { formula } }) => formula },
    { label: 'Reports', kind: 'number', cell: ({ event_name: event }) => reports.get(event)?.length ?? 0 },
    { label: 'Inactive', kind: 'action', cell: ({ status }) => activeBadge(status === 'active') },
  ]
  return table(columns, { rows: newest(meters), label: 'Meters', empty: 'Nothing is measured.' })
}

function activeBadge(active: boolean): Html | null {
  return active ? null : badge('quiet', 'inactive')
}

function ofMost(times: number, most: number | null): string {
  return most === null ? String(times) : `${times} of ${most}`
}

function newest<Item>(all: Map<string, Item>): Item[] {
  return [...all.values()].reverse()
}
