import { formatMoney } from '../arithmetic/money.ts'
import { links } from '../links.ts'
import { html, type Html } from '../pages/html.ts'
import { badge, type Page } from '../pages/layout.ts'
import { cardName, date, unitPrice } from '../pages/wording.ts'
import { defaultMethodOf } from '../payments/payment-methods.ts'
import type { Invoice, PaymentMethod, Subscription } from '../state/state.ts'
import { currentPeriodEnd } from '../subscriptions/cancellation.ts'
import { hasEnded } from '../subscriptions/invoice-settled.ts'
import { choicesOf } from './plan-change.ts'
import { act, hidden } from './portal-parts.ts'
import { cardsOf, type Visit } from './visit.ts'

/** Where customers see what they pay for, and find what they may change. */
export function portalPage(visit: Visit): Page {
  const { session, configuration, customer, ctx } = visit
  const { customer_update: details, invoice_history: history, payment_method_update: cards } = configuration.features
  const own = [...ctx.state.subscriptions.values()].filter((subscription) => subscription.customer === customer.id)
  const current = own.filter((subscription) => !hasEnded(subscription)).reverse()
  return {
    title: 'Billing',
    shape: 'narrow',
    body: html`
      ${session.return_url !== null && html`<p><a class="back" href="${session.return_url}">Back</a></p>`}
      <header>
        <h1>Billing</h1>
        <p class="muted">
          ${configuration.business_profile.headline ?? customer.name ?? customer.email ?? customer.id}
        </p>
      </header>
      <section class="card" aria-labelledby="plan">
        <h2 id="plan">Current plan</h2>
        ${
          current.length === 0
            ? html`<p class="muted">There is no active plan.</p>`
            : current.map((subscription) => plan(subscription, visit))
        }
      </section>
      ${cards.enabled && cardList(visit)} ${details.enabled && contact(visit)} ${history.enabled && invoiceList(visit)}
    `,
  }
}

function plan(subscription: Subscription, visit: Visit): Html {
  const { session, customer, configuration, ctx } = visit
  const ending = subscription.cancel_at !== null
  const until = date(subscription.cancel_at ?? currentPeriodEnd(subscription))
  const method = defaultMethodOf(customer, subscription, ctx.state)
  const path = `${links.portal(session.id)}/subscriptions/${subscription.id}`
  const cancels = configuration.features.subscription_cancel.enabled && subscription.schedule === null
  return html`<article class="plan">
    ${subscription.items.data.map(
      ({ price, quantity = 1 }) =>
        html`<div>
          <h3>${ctx.state.products.get(price.product)?.name}</h3>
          <p>${unitPrice(price)}${quantity > 1 && `, quantity ${quantity}`}</p>
        </div>`,
    )}
    <p>
      ${status(subscription)}
      ${ending ? html`Ends on ${until}. It stays usable until then.` : html`Renews on ${until}.`}
    </p>
    ${method?.card && html`<p class="muted">Paid with ${cardName(method)}, valid to ${validity(method)}.</p>`}
    ${method && otherCards(subscription, method, visit)}
    <div class="actions">
      ${choicesOf(subscription, visit).length > 0 && html`<a class="button" href="${path}/update">Change plan</a>`}
      ${cancels && !ending && html`<a class="button secondary" href="${path}/cancel">Cancel plan</a>`}
      ${
        cancels &&
        ending &&
        act(visit, { path: 'resume', label: 'Resume plan', fields: { subscription: subscription.id }, kind: 'button' })
      }
    </div>
  </article>`
}

function status({ cancel_at: end, status }: Subscription): Html {
  if (end !== null) return badge('waiting', 'Ending')
  if (status === 'active') return badge('good', 'Active')
  if (status === 'trialing') return badge('good', 'Trial')
  return status === 'paused' ? badge('quiet', 'Paused') : badge('bad', 'Payment due')
}

/** Where there is more than one card, each plan may have its own. */
function otherCards({ id }: Subscription, current: PaymentMethod, visit: Visit): Html | null {
  const { session, configuration } = visit
  const cards = cardsOf(visit)
  if (!configuration.features.payment_method_update.enabled || cards.length < 2) return null
  return html`<form method="post" action="${links.portal(session.id)}/cards/pay" data-progress="Saving…">
    ${hidden({ subscription: id })}
    <div class="field">
      <label for="card-${id}">Card for this plan</label>
      <div class="together">
        <select id="card-${id}" name="card">
          ${cards.map(
            (card) =>
              html`<option value="${card.id}" ${card.id === current.id && 'selected'}>${cardName(card)}</option>`,
          )}
        </select>
        <button class="button secondary" type="submit">Use card</button>
      </div>
    </div>
  </form>`
}

function cardList(visit: Visit): Html {
  const { session, customer } = visit
  const preferred = customer.invoice_settings.default_payment_method
  const cards = cardsOf(visit)
  return html`<section class="card" aria-labelledby="cards">
    <h2 id="cards">Cards</h2>
    ${cards.length === 0 && html`<p class="muted">There is no card yet.</p>`}
    ${cards.map(
      (card) =>
        html`<article class="plan">
          <p>
            ${cardName(card)} ${card.id === preferred && badge('quiet', 'Default')}
            <small>Valid to ${validity(card)}</small>
          </p>
          <div class="actions">
            ${
              card.id !== preferred &&
              act(visit, {
                path: 'cards/default',
                label: 'Make default',
                fields: { card: card.id },
                kind: 'button secondary',
              })
            }
            ${act(visit, { path: 'cards/remove', label: 'Remove', fields: { card: card.id }, kind: 'button secondary' })}
          </div>
        </article>`,
    )}
    <p><a class="button secondary" href="${links.portal(session.id)}/cards/new">Add card</a></p>
  </section>`
}

function contact({ session, customer }: Visit): Html {
  const { name, email, phone, address } = customer
  const place = [address?.line1, address?.line2, address?.postal_code, address?.city, address?.state, address?.country]
  const facts = { Name: name, Email: email, Phone: phone, Address: place.filter(Boolean).join(', ') }
  return html`<section class="card" aria-labelledby="details">
    <h2 id="details">Billing details</h2>
    <dl class="facts">
      ${Object.entries(facts).map(
        ([term, value]) =>
          value &&
          html`<div>
            <dt>${term}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    <p><a class="button secondary" href="${links.portal(session.id)}/details">Change details</a></p>
  </section>`
}

function invoiceList({ customer, ctx }: Visit): Html {
  const own = [...ctx.state.invoices.values()].filter((invoice) => invoice.customer === customer.id).reverse()
  // A draft is not the customer's business yet.
  const invoices = own.filter(({ status }) => status !== 'draft')
  return html`<section class="card" aria-labelledby="invoices">
    <h2 id="invoices">Invoices</h2>
    ${invoices.length === 0 ? html`<p class="muted">There are no invoices yet.</p>` : invoiceTable(invoices)}
  </section>`
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
                <a href="${links.invoice(invoice.id)}">${invoice.number}</a>
                <small>${date(invoice.created)}</small>
              </td>
              <td>${invoiceStatus(invoice)}</td>
              <td class="number">${formatMoney(invoice.total, invoice.currency)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function invoiceStatus({ id, status }: Invoice): Html {
  if (status === 'paid') return badge('good', 'Paid')
  if (status === 'open') return html`${badge('waiting', 'Open')} <a href="${links.invoice(id)}">Pay</a>`
  return badge('quiet', status === 'void' ? 'Void' : 'Written off')
}

function validity({ card }: PaymentMethod): string {
  return card ? `${card.exp_month}/${card.exp_year}` : ''
}
