import { formatMoney } from '../arithmetic/money.ts'
import { links } from '../links.ts'
import { cardInputs, type CardErrors, type CardForm } from '../pages/card-form.ts'
import { html, type Html } from '../pages/html.ts'
import { notice, type Page } from '../pages/layout.ts'
import { date, unitPrice } from '../pages/wording.ts'
import type { Customer, Invoice, Subscription } from '../state/state.ts'
import { currentPeriodEnd } from '../subscriptions/cancellation.ts'
import { choicesOf, type Choice, type PlanChange } from './plan-change.ts'
import { hidden, planName, stepPage } from './portal-parts.ts'
import type { Visit } from './visit.ts'

/** Asks once more before a plan ends, and why it does. */
export function cancelPage(subscription: Subscription, visit: Visit): Page {
  const { cancellation_reason: reason, mode } = visit.configuration.features.subscription_cancel
  const end = mode === 'immediately' ? 'now' : html`on ${date(currentPeriodEnd(subscription))}`
  return stepPage(visit, {
    title: `Cancel ${planName(subscription, visit)}`,
    body: html`<p>Your plan will end ${end}.</p>
      <form method="post" action="${links.portal(visit.session.id)}/cancel" data-progress="Canceling…">
        ${hidden({ subscription: subscription.id })} ${reason.enabled && reasons(reason.options)}
        <button class="button wide" type="submit">Cancel plan</button>
      </form>`,
  })
}

const reasonTexts: Record<string, string> = {
  customer_service: 'The service was not good enough',
  low_quality: 'The quality was not good enough',
  missing_features: 'Something is missing',
  other: 'Another reason',
  switched_service: 'I found something else',
  too_complex: 'It is too complicated',
  too_expensive: 'It is too expensive',
  unused: 'I do not use it enough',
}

function reasons(options: string[]): Html {
  return html`<fieldset class="methods">
      <legend>Why do you cancel? (optional)</legend>
      ${options.map(
        (option) =>
          html`<div class="method">
            <label>
              <input type="radio" name="feedback" value="${option}" />
              <span>${reasonTexts[option] ?? option}</span>
            </label>
          </div>`,
      )}
    </fieldset>
    <div class="field">
      <label for="comment">Anything else? (optional)</label>
      <input id="comment" name="comment" maxlength="500" />
    </div>`
}

/** The plans to choose from. */
export function updatePage(subscription: Subscription, visit: Visit, problem: string | null): Page {
  const choices = choicesOf(subscription, visit)
  const [item] = subscription.items.data
  const counted = choices.find(({ quantity }) => quantity)?.quantity
  return stepPage(visit, {
    title: 'Change plan',
    problem,
    body: html`<form action="${links.portal(visit.session.id)}/subscriptions/${subscription.id}/confirm">
      <fieldset class="methods">
        <legend>Plan</legend>
        ${choices.map((choice) => option(choice, choice.price.id === item?.price.id, visit))}
      </fieldset>
      ${
        counted &&
        html`<div class="field">
          <label for="quantity">Quantity</label>
          <input
            id="quantity"
            name="quantity"
            type="number"
            inputmode="numeric"
            min="${counted.least}"
            max="${counted.most ?? ''}"
            value="${item?.quantity ?? 1}"
            required
          />
        </div>`
      }
      <button class="button wide" type="submit">Continue</button>
    </form>`,
  })
}

function option({ price }: Choice, chosen: boolean, { ctx }: Visit): Html {
  return html`<div class="method">
    <label>
      <input type="radio" name="price" value="${price.id}" ${chosen && 'checked'} required />
      <span>
        ${ctx.state.products.get(price.product)?.name} <small>${unitPrice(price)}${chosen && ', your plan now'}</small>
      </span>
    </label>
  </div>`
}

/** What a change costs, to the cent, before it is made. */
export function confirmPage(
  subscription: Subscription,
  { change, preview }: { change: PlanChange; preview: Invoice | null },
  visit: Visit,
): Page {
  const { price, quantity } = change
  const name = visit.ctx.state.products.get(price.product)?.name ?? price.product
  return stepPage(visit, {
    title: `Change to ${name}`,
    body: html`<p>${unitPrice(price)}${quantity !== undefined && quantity > 1 && `, quantity ${quantity}`}</p>
      ${preview && bill(preview, visit)}
      <form method="post" action="${links.portal(visit.session.id)}/update" data-progress="Changing…">
        ${hidden({
          subscription: subscription.id,
          price: price.id,
          from: String(change.from),
          ...(quantity !== undefined && { quantity: String(quantity) }),
        })}
        <button class="button wide" type="submit">Confirm change</button>
      </form>`,
  })
}

function bill({ amount_due: due, created, currency, lines, starting_balance: credit }: Invoice, { ctx }: Visit): Html {
  const money = (amount: number) => formatMoney(amount, currency)
  return html`<dl class="lines">
    ${lines.data.map(
      ({ amount, description }) =>
        html`<div>
          <dt>${description}</dt>
          <dd>${money(amount)}</dd>
        </div>`,
    )}
    ${
      credit !== 0 &&
      html`<div>
        <dt>Balance</dt>
        <dd>${money(credit)}</dd>
      </div>`
    }
    <div class="total">
      <dt>${created === ctx.now ? 'Due now' : html`Due on ${date(created)}`}</dt>
      <dd>${money(due)}</dd>
    </div>
  </dl>`
}

export function cardPage(
  visit: Visit,
  { form, errors, problem }: { form: CardForm; errors: CardErrors; problem: string | null },
): Page {
  return stepPage(visit, {
    title: 'Add a card',
    problem,
    body: html`<p class="muted">It pays by default from now on. Nothing is charged today.</p>
      <form method="post" action="${links.portal(visit.session.id)}/cards" novalidate data-progress="Saving…">
        ${cardInputs(form, errors)}
        <button class="button wide" type="submit">Save card</button>
      </form>`,
  })
}

/** What customers may tell about themselves, as far as the configuration lets them. */
export function detailsPage(visit: Visit, problem: string | null): Page {
  const { allowed_updates: allowed } = visit.configuration.features.customer_update
  const { name, email, phone, address } = visit.customer
  return stepPage(visit, {
    title: 'Billing details',
    problem,
    body: html`<form method="post" action="${links.portal(visit.session.id)}/details" data-progress="Saving…">
      ${allowed.includes('name') && input('name', 'Name', name, 'name')}
      ${allowed.includes('email') && input('email', 'Email', email, 'email')}
      ${allowed.includes('phone') && input('phone', 'Phone', phone, 'tel')}
      ${allowed.includes('address') && addressFields(address)}
      <button class="button wide" type="submit">Save details</button>
    </form>`,
  })
}

function addressFields(address: Customer['address']): Html {
  return html`${input('line1', 'Address', address?.line1, 'address-line1')}
    ${input('line2', 'Address, second line', address?.line2, 'address-line2')}
    <div class="row">
      ${input('postal_code', 'Postal code', address?.postal_code, 'postal-code')}
      ${input('city', 'City', address?.city, 'address-level2')}
    </div>
    <div class="row">
      ${input('state', 'State or region', address?.state, 'address-level1')}
      ${input('country', 'Country (two letters)', address?.country, 'country')}
    </div>`
}

function input(name: string, label: string, value: string | null | undefined, complete: string): Html {
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input id="${name}" name="${name}" value="${value}" autocomplete="${complete}" />
  </div>`
}

/** The end of a flow that stays here: https://docs.stripe.com/customer-management/portal-deep-links */
export function donePage({ session }: Visit): Page {
  const message = session.flow?.after_completion.hosted_confirmation?.custom_message
  const link = session.return_url === null ? undefined : { href: session.return_url, label: 'Continue' }
  return notice('Done', message ?? 'Your change was saved. You can close this page.', link)
}
