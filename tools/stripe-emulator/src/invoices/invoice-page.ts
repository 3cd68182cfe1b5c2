import { formatMoney } from '../arithmetic/money.ts'
import type { Invoice } from '../state/state.ts'
import { html, type Html } from '../pages/html.ts'
import { badge, date, type Page } from '../pages/layout.ts'

export function invoicePage(invoice: Invoice): Page {
  const money = (amount: number) => formatMoney(amount, invoice.currency)
  return {
    title: `Invoice ${invoice.number ?? 'draft'}`,
    shape: 'narrow',
    body: html`<article class="card">
      <header class="invoice">
        <div>
          <h1>Invoice ${invoice.number ?? 'draft'}</h1>
          <p class="muted">${date(invoice.created)}</p>
        </div>
        ${invoice.status === 'paid' ? badge('good', 'Paid') : badge('waiting', invoice.status ?? 'draft')}
      </header>
      <p class="amount">${money(invoice.total)}</p>
      <dl class="facts">
        <div>
          <dt>Billed to</dt>
          <dd>${invoice.customer_name ?? ''} ${invoice.customer_email}</dd>
        </div>
        <div>
          <dt>From</dt>
          <dd>${invoice.account_name}</dd>
        </div>
        ${paidOn(invoice)}
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
            ${invoice.lines.data.map(
              (line) =>
                html`<tr>
                  <td>
                    ${line.description}
                    <small>${date(line.period.start)} to ${date(line.period.end)}</small>
                  </td>
                  <td class="number">${line.quantity}</td>
                  <td class="number">${money(line.amount)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      <dl class="lines">
        ${sum('Subtotal', money(invoice.subtotal))} ${sum('Total', money(invoice.total))}
        ${sum('Amount paid', money(invoice.amount_paid))}
        <div class="total">
          <dt>Amount due</dt>
          <dd>${money(invoice.amount_remaining)}</dd>
        </div>
      </dl>
      <p><button class="button secondary" type="button" data-print hidden>Print or save as PDF</button></p>
    </article>`,
  }
}

function paidOn({ status_transitions: { paid_at: paid } }: Invoice): Html | null {
  if (paid === null) return null
  return html`<div>
    <dt>Paid on</dt>
    <dd>${date(paid)}</dd>
  </div>`
}

function sum(label: string, amount: string): Html {
  return html`<div>
    <dt>${label}</dt>
    <dd>${amount}</dd>
  </div>`
}
