import type { Context } from '../context.ts'
import { links } from '../links.ts'
import { formatMoney } from '../arithmetic/money.ts'
import { currentPeriodEnd } from '../subscriptions/cancellation.ts'
import type { Customer, Invoice, PortalSession, Subscription } from '../state/state.ts'
import { html, type Html } from '../pages/html.ts'
import { badge, date, unitPrice, type Page } from '../pages/layout.ts'

export function portalPage(session: PortalSession, customer: Customer, { state }: Context): Page {
  const own = [...state.subscriptions.values()]
    .filter((subscription) => subscription.customer === customer.id)
    .reverse()
  const current = own.filter(({ status }) => status !== 'canceled')
  const invoices = [...state.invoices.values()].filter((invoice) => invoice.customer === customer.id).reverse()
  return {
    title: 'Billing',
    shape: 'narrow',
    body: html`
      ${session.return_url !== null && html`<p><a class="back" href="${session.return_url}">Back</a></p>`}
      <header>
        <h1>Billing</h1>
        <p class="muted">${customer.name ?? customer.email ?? customer.id}</p>
      </header>
      <section class="card" aria-labelledby="plan">
        <h2 id="plan">Current plan</h2>
        ${
          current.length === 0
            ? html`<p class="muted">There is no active plan.</p>`
            : current.map((subscription) => plan(session, subscription, { state }))
        }
      </section>
      <section class="card" aria-labelledby="invoices">
        <h2 id="invoices">Invoices</h2>
        ${invoices.length === 0 ? html`<p class="muted">There are no invoices yet.</p>` : invoiceTable(invoices)}
      </section>
    `,
  }
}

const brands: Record<string, string> = { visa: 'Visa', mastercard: 'Mastercard', amex: 'American Express' }

function plan({ id }: PortalSession, subscription: Subscription, { state }: Pick<Context, 'state'>): Html {
  const ending = subscription.cancel_at_period_end
  const until = date(currentPeriodEnd(subscription))
  const card = state.paymentMethods.get(subscription.default_payment_method ?? '')?.card
  return html`<article class="plan">
    ${subscription.items.data.map(
      ({ price, quantity = 1 }) =>
        html`<div>
          <h3>${state.products.get(price.product)?.name}</h3>
          <p>${unitPrice(price)}${quantity > 1 && `, quantity ${quantity}`}</p>
        </div>`,
    )}
    <p>
      ${ending ? badge('waiting', 'Ending') : badge('good', subscription.status === 'trialing' ? 'Trial' : 'Active')}
      ${ending ? html`Ends on ${until}. It stays usable until then.` : html`Renews on ${until}.`}
    </p>
    ${card && html`<p class="muted">Paid with ${brands[card.brand] ?? card.brand} ending in ${card.last4}, valid to ${card.exp_month}/${card.exp_year}.</p>`}
    <form method="post" action="${links.portal(id)}/${ending ? 'resume' : 'cancel'}" data-progress="Saving…">
      <input type="hidden" name="subscription" value="${subscription.id}" />
      <button class="button ${ending ? '' : 'secondary'}" type="submit">
        ${ending ? 'Resume plan' : 'Cancel plan'}
      </button>
    </form>
  </article>`
}

function invoiceTable(invoices: Invoice[]): Html {
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">Invoice</th>
          <th scope="col">Status</th>
          <th scope="col" class="number">Amount</th>
        </tr>
      </thead>
      <tbody>
        ${invoices.map(
          (invoice) =>
            html`<tr>
              <td>
                <a href="${links.invoice(invoice.id)}">${invoice.number ?? 'Draft'}</a>
                <small>${date(invoice.created)}</small>
              </td>
              <td>${invoice.status === 'paid' ? badge('good', 'Paid') : badge('waiting', 'Open')}</td>
              <td class="number">${formatMoney(invoice.total, invoice.currency)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}
