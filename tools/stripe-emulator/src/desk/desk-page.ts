import type { Context } from '../context.ts'
import { links } from '../links.ts'
import { formatMoney } from '../arithmetic/money.ts'
import { isLive } from '../customers/customers.ts'
import { currentPeriodEnd } from '../subscriptions/subscription-lifecycle.ts'
import type { Delivery, EventRecord, State, Subscription } from '../state/state.ts'
import { html, type Content, type Html } from '../pages/html.ts'
import { badge, date, dateAndTime, type Page } from '../pages/layout.ts'

const shown = 50

/** The state at a glance, for whoever develops against the stand-in. */
export function deskPage(ctx: Context): Page {
  const { state } = ctx
  return {
    title: 'Desk',
    shape: 'wide',
    body: html`
      <h1>Desk</h1>
      <p class="muted">
        What this stand-in knows, newest first. Point the SDK here with any <code>sk_test_…</code> key; reload to see
        what has changed.
      </p>
      ${subscriptions(state)} ${customers(state)} ${checkouts(state)} ${endpoints(state)} ${log(state)}
    `,
  }
}

export function eventPage(event: EventRecord): Page {
  return {
    title: event.type,
    shape: 'wide',
    body: html`<p><a class="back" href="/">Desk</a></p>
      <h1>${event.type}</h1>
      <p class="muted">${event.id}, ${dateAndTime(event.created)}</p>
      <pre class="card" tabindex="0">${JSON.stringify(event, null, 2)}</pre>`,
  }
}

function subscriptions({ subscriptions: all, customers: people, products }: State): Html {
  const rows = newest(all).map((subscription) => {
    const customer = people.get(subscription.customer)
    const plans = subscription.items.data.map(
      ({ price, quantity = 1 }) => `${products.get(price.product)?.name ?? price.product} × ${quantity}`,
    )
    return [
      customer && isLive(customer) ? (customer.email ?? customer.id) : subscription.customer,
      plans.join(', '),
      statusBadge(subscription),
      subscription.ended_at === null ? date(currentPeriodEnd(subscription)) : date(subscription.ended_at),
      code(subscription.id),
    ]
  })
  return table('Subscriptions', ['Customer', 'Plan', 'Status', 'Period ends', 'Id'], rows)
}

function customers({ customers: all, invoices }: State): Html {
  const rows = newest(all)
    .filter((customer) => isLive(customer))
    .map((customer) => {
      const paid = [...invoices.values()].filter((invoice) => invoice.customer === customer.id)
      const total = paid.reduce((sum, { amount_paid }) => sum + amount_paid, 0)
      const currency = customer.currency ?? paid[0]?.currency
      return [
        customer.email ?? 'no email',
        customer.name ?? '',
        currency ? formatMoney(total, currency) : '',
        dateAndTime(customer.created),
        code(customer.id),
      ]
    })
  return table('Customers', ['Email', 'Name', 'Paid', 'Created', 'Id'], rows)
}

function checkouts({ checkoutSessions }: State): Html {
  const rows = newest(checkoutSessions).map((session) => [
    session.customer_details?.email ?? '',
    formatMoney(session.amount_total ?? 0, session.currency ?? 'usd'),
    session.status === 'open' ? badge('waiting', 'open') : badge('quiet', session.status ?? ''),
    dateAndTime(session.created),
    session.status === 'open' ? html`<a href="${links.checkout(session.id)}">Open the page</a>` : '',
  ])
  return table('Checkouts', ['Email', 'Amount', 'Status', 'Created', 'Page'], rows)
}

function endpoints({ endpoints: all, deliveries }: State): Html {
  const rows = [...all.values()].map(({ endpoint }) => {
    const waiting = [...deliveries.values()].filter((one) => one.endpoint === endpoint.id && one.status === 'pending')
    return [
      endpoint.url,
      endpoint.enabled_events.join(', '),
      waiting.length === 0 ? badge('good', 'nothing waits') : badge('waiting', `${waiting.length} waiting`),
      code(endpoint.id),
    ]
  })
  return table('Webhook endpoints', ['Address', 'Events', 'State', 'Id'], rows)
}

function log({ deliveries }: State): Html {
  const rows = newest(deliveries).map((delivery) => [
    html`<a href="${links.event(delivery.event)}">${delivery.type}</a>`,
    deliveryBadge(delivery),
    delivery.answer ?? 'not sent yet',
    delivery.attempts,
    dateAndTime(Math.floor(delivery.created / 1000)),
    delivery.url,
  ])
  return table('Webhook log', ['Event', 'Delivery', 'Last answer', 'Attempts', 'Created', 'To'], rows)
}

function table(title: string, columns: string[], rows: Content[][]): Html {
  const id = title.toLowerCase().replaceAll(' ', '-')
  return html`<div class="card">
    <h2 id="${id}">${title}</h2>
    ${
      rows.length === 0
        ? html`<p class="muted">None yet.</p>`
        : html`<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}">
            <table>
              <thead>
                <tr>
                  ${columns.map((column) => html`<th scope="col">${column}</th>`)}
                </tr>
              </thead>
              <tbody>
                ${rows.map(
                  (cells) =>
                    html`<tr>
                      ${cells.map((cell) => html`<td>${cell}</td>`)}
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
    }
  </div>`
}

function newest<Item>(all: Map<string, Item>): Item[] {
  return [...all.values()].slice(-shown).reverse()
}

function statusBadge({ status, cancel_at_period_end: ending }: Subscription): Html {
  if (ending) return badge('waiting', `${status}, ending`)
  if (status === 'active' || status === 'trialing') return badge('good', status)
  return badge(status === 'canceled' ? 'quiet' : 'bad', status)
}

function deliveryBadge({ status, attempts }: Delivery): Html {
  if (status === 'delivered') return badge('good', 'delivered')
  if (status === 'failed') return badge('bad', 'given up')
  return badge('waiting', attempts > 0 ? 'trying again' : 'waiting')
}

function code(id: string): Html {
  return html`<code>${id}</code>`
}
