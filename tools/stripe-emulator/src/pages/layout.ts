import { formatRate } from '../arithmetic/money.ts'
import type { Price } from '../state/state.ts'
import { html, type Content, type Html } from './html.ts'

export interface Page {
  title: string
  /** `narrow` for one thing to read, `split` for a summary beside a form, `desk` for much beside its `nav`. */
  shape: 'narrow' | 'split' | 'desk'
  body: Content
  nav?: Content
  /** Seconds after which the browser looks again. */
  refresh?: number | undefined
}

export function layout({ title, shape, body, nav, refresh }: Page): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Stripe stand-in</title>
        <link rel="icon" href="/icon.svg" />
        <link rel="stylesheet" href="/style.css" />
        ${nav !== undefined && html`<link rel="stylesheet" href="/desk.css" />`}
        ${refresh !== undefined && html`<meta http-equiv="refresh" content="${refresh}" />`}
        <script src="/page.js" defer></script>
      </head>
      <body>
        ${nav !== undefined && html`<a class="skip" href="#content">Skip to the content</a>`}
        <header class="stand-in"><strong>Stripe stand-in</strong> for development. No real money moves here.</header>
        ${nav}
        <main class="${shape}" id="content">${body}</main>
      </body>
    </html>`
  return page.text
}

/** A short page that says one thing, such as why there is nothing else to see. */
export function notice(title: string, text: string, link?: { href: string; label: string }): Page {
  return {
    title,
    shape: 'narrow',
    body: html`<section class="card notice">
      <h1>${title}</h1>
      <p>${text}</p>
      ${link && html`<p><a class="button" href="${link.href}">${link.label}</a></p>`}
    </section>`,
  }
}

/** `per month`, `every 3 months`. */
export function every(price: Price): string {
  return price.recurring?.interval_count === 1 ? `per ${price.recurring.interval}` : renewal(price)
}

/** `every month`, `every 3 months`. */
export function renewal({ recurring }: Price): string {
  if (!recurring) return ''
  const { interval, interval_count: count } = recurring
  return count === 1 ? `every ${interval}` : `every ${count} ${interval}s`
}

/** `$12.00 per month`, `$0.002 per month`, `$5.00 for every 1000 per month`, `graduated tiers per month`, `$99.00`. */
export function unitPrice(price: Price): string {
  return [unitAmount(price), price.recurring && every(price)].filter(Boolean).join(' ')
}

export function date(seconds: number): Html {
  return time(seconds, { dateStyle: 'medium' })
}

export function dateAndTime(seconds: number): Html {
  return time(seconds, { dateStyle: 'medium', timeStyle: 'medium' })
}

export function badge(kind: 'good' | 'waiting' | 'bad' | 'quiet', text: string): Html {
  return html`<span class="badge ${kind}">${text}</span>`
}

function time(seconds: number, style: Intl.DateTimeFormatOptions): Html {
  const moment = new Date(seconds * 1000)
  const shown = new Intl.DateTimeFormat('en-GB', { ...style, timeZone: 'UTC' }).format(moment)
  return html`<time datetime="${moment.toISOString()}" title="${moment.toISOString()}">${shown}</time>`
}

function unitAmount({ billing_scheme: scheme, transform_quantity: pack, ...price }: Price): string {
  if (scheme === 'tiered') return `${price.tiers_mode ?? ''} tiers`.trim()
  const amount = formatRate(price.unit_amount_decimal ?? '0', price.currency)
  return pack ? `${amount} for every ${pack.divide_by}` : amount
}
