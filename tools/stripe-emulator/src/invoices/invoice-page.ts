import { formatMoney } from '../arithmetic/money.ts'
import { links } from '../links.ts'
import { blankCard, cardInputs, type CardErrors, type CardForm } from '../pages/card-form.ts'
import { html, type Html } from '../pages/html.ts'
import { badge, type Page } from '../pages/layout.ts'
import { date } from '../pages/wording.ts'
import type { Invoice, PaymentIntent, State } from '../state/state.ts'
import { intentOf } from './collection.ts'
import { factsOf, isPayable, type InvoiceFacts, type LineFacts } from './invoice-facts.ts'

/** What the person typed to pay, and what came of it. */
export interface PaymentAttempt {
  form: CardForm
  errors: CardErrors
  problem: string | null
}

/** An invoice to read, to keep and, while it is open, to pay. */
export function invoicePage(
  invoice: Invoice,
  attempt: PaymentAttempt | null,
  ctx: { state: State; now: number },
): Page {
  const facts = factsOf(invoice, ctx)
  const payable = isPayable(invoice, ctx.state)
  return {
    title: facts.name,
    shape: payable ? 'split' : 'narrow',
    body: [paper(invoice, facts), payable && payment(invoice, attempt, ctx)],
  }
}

function paper(invoice: Invoice, { name, status, headline, from, to, dates, lines, sums, notes }: InvoiceFacts): Html {
  return html`<article class="card">
    <header class="invoice">
      <h1>${name}</h1>
      ${badge(status.kind, status.text)}
    </header>
    <p class="amount">
      ${headline.amount} <small>${headline.text} ${headline.on !== null && date(headline.on)}</small>
    </p>
    <dl class="facts">
      ${fact('From', from)}
      ${fact(
        'Billed to',
        to.map((line) => html`<span class="line">${line}</span>`),
      )}
      ${dates.map(({ label, at }) => fact(label, date(at)))}
    </dl>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Description</th>
            <th scope="col" class="number">Quantity</th>
            <th scope="col" class="number">Amount</th>
          </tr>
        </thead>
        <tbody>
          ${lines.map(row)}
        </tbody>
      </table>
    </div>
    <dl class="lines">
      ${sums.map(
        ({ label, amount, strong }) =>
          html`<div class="${strong && 'total'}">
            <dt>${label}</dt>
            <dd>${amount}</dd>
          </div>`,
      )}
    </dl>
    ${notes.map((note) => html`<p class="muted small">${note}</p>`)}
    ${
      invoice.number !== null &&
      html`<p class="actions">
        <a class="button secondary" href="${links.invoicePdf(invoice.id)}" download>Download PDF</a>
        <button class="button secondary" type="button" data-print hidden>Print</button>
      </p>`
    }
  </article>`
}

function row({ description, period, quantity, amount, discounts }: LineFacts): Html {
  return html`<tr>
    <td>
      ${description} ${period && html`<small>${date(period.start)} to ${date(period.end)}</small>`}
      ${discounts.map((discount) => html`<small>${discount}</small>`)}
    </td>
    <td class="number">${quantity}</td>
    <td class="number">${amount}</td>
  </tr>`
}

function fact(term: string, description: Html | string | Html[]): Html {
  return html`<div>
    <dt>${term}</dt>
    <dd>${description}</dd>
  </div>`
}

function payment(
  invoice: Invoice,
  attempt: PaymentAttempt | null,
  { state, now }: { state: State; now: number },
): Html {
  const intent = intentOf(invoice, state)
  const problem = attempt ? attempt.problem : lastProblem(intent)
  return html`<section class="card" aria-labelledby="pay">
    <h2 id="pay">Pay this invoice</h2>
    ${
      intent?.status === 'requires_action' &&
      html`<p class="alert calm" role="status">
        Your bank waits for your confirmation.
        <a href="${bankPage(invoice, intent)}">Confirm the payment</a>, or pay with another card.
      </p>`
    }
    <form method="post" data-progress="Processing…" novalidate>
      ${problem !== null && html`<p class="alert" role="alert" tabindex="-1" autofocus>${problem}</p>`}
      ${cardInputs(attempt?.form ?? blankCard(now), attempt?.errors ?? {})}
      <button class="button wide" type="submit">Pay ${formatMoney(invoice.amount_remaining, invoice.currency)}</button>
    </form>
  </section>`
}

/** Where the person answers the bank, and comes back from. */
export function bankPage(invoice: Invoice, intent: PaymentIntent): string {
  return `${links.authentication(intent.id)}?return=${links.invoice(invoice.id)}`
}

function lastProblem(intent: PaymentIntent | null): string | null {
  return intent?.last_payment_error?.message ?? null
}
