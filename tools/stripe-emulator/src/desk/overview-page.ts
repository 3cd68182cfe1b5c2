import type { Context } from '../context.ts'
import { isLive } from '../customers/customers.ts'
import { html, type Content, type Html } from '../pages/html.ts'
import type { Page } from '../pages/layout.ts'
import type { Delivery, State } from '../state/state.ts'
import { deliveriesTable } from './deliveries.ts'
import { desk } from './desk-layout.ts'
import { heading, section } from './parts.ts'
import { eventsTable, subscriptionsTable } from './tables.ts'
import { upcoming, upcomingTable } from './upcoming.ts'

const shown = 5

/** The state at a glance, for whoever develops against the stand-in. */
export function overviewPage(ctx: Context): Page {
  const { state } = ctx
  const troubled = [...state.deliveries.values()].filter(isTroubled).reverse()
  return desk(
    {
      title: 'Desk',
      at: '/',
      body: html`
        ${heading('Overview', { actions: html`<a class="button small secondary" href="/reset">Reset…</a>` })}
        ${tiles(state)} ${state.events.size === 0 && hint(ctx)}
        ${
          troubled.length > 0 &&
          section(
            'Webhooks that do not arrive',
            deliveriesTable(troubled.slice(0, shown), state, { back: '/' }),
            troubled.length > shown && html`<a class="small" href="/webhooks?status=failed">All that were given up</a>`,
          )
        }
        ${section('What happens next', upcomingTable(upcoming(state).slice(0, shown), state), link('/clocks', 'Move a clock'))}
        ${section(
          'Latest subscriptions',
          subscriptionsTable(newest(state.subscriptions), state),
          link('/subscriptions', 'All'),
        )}
        ${section('Latest events', eventsTable(newest(state.events, 2 * shown), state), link('/events', 'All'))}
      `,
    },
    ctx,
  )
}

function tiles({ customers, subscriptions, invoices, deliveries, chaos }: State): Html {
  const running = [...subscriptions.values()].filter(({ status }) => status === 'active' || status === 'trialing')
  const owed = [...invoices.values()].filter(({ status }) => status === 'open')
  const waiting = [...deliveries.values()].filter(({ status }) => status === 'pending')
  return html`<ul class="tiles">
    ${tile('/customers', 'Customers', [...customers.values()].filter(isLive).length)}
    ${tile('/subscriptions', 'Subscriptions', running.length, `of ${subscriptions.size} running`)}
    ${tile('/invoices?status=open', 'Open invoices', owed.length, `of ${invoices.size}`)}
    ${tile('/webhooks?status=pending', 'Webhooks waiting', waiting.length, `of ${deliveries.size}`)}
    ${chaos.size > 0 && tile('/chaos', 'Chaos rules', chaos.size)}
  </ul>`
}

function tile(path: string, label: string, value: number, of: Content = null): Html {
  return html`<li>
    <a href="${path}"><span>${label}</span><strong>${value.toLocaleString('en-US')}</strong> <small>${of}</small></a>
  </li>`
}

function hint(ctx: Context): Html {
  const { hostname, port, protocol } = new URL(ctx.url('/'))
  const options = `{ host: '${hostname}', port: ${port || '80'}, protocol: '${protocol.replace(':', '')}' }`
  return html`<div class="card">
    <h2>Nothing has happened yet</h2>
    <p>Point the SDK here, with any key that begins so:</p>
    <pre tabindex="0">new Stripe('sk_test_anything', ${options})</pre>
  </div>`
}

function isTroubled({ status, refusals, attempts }: Delivery): boolean {
  return status === 'failed' || (status === 'pending' && (refusals > 0 || attempts > 0))
}

function link(path: string, label: string): Html {
  return html`<a class="small" href="${path}">${label}</a>`
}

function newest<Item>(all: Map<string, Item>, most = shown): Item[] {
  return [...all.values()].slice(-most).reverse()
}
