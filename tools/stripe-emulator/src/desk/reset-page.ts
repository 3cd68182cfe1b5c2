import type { Context } from '../context.ts'
import { html } from '../pages/html.ts'
import type { Page } from '../pages/layout.ts'
import { desk } from './desk-layout.ts'
import { count, heading } from './parts.ts'

/** Asks before everything is forgotten. */
export function resetPage({ missing }: { missing: boolean }, ctx: Context): Page {
  const { customers, subscriptions, invoices, events } = ctx.state
  return desk(
    {
      title: 'Reset',
      at: null,
      body: html`
        ${heading('Forget everything?', { lead: 'It cannot be undone.' })}
        <form method="post" action="/reset" class="card">
          <p>
            ${count(customers.size, 'customer')}, ${count(subscriptions.size, 'subscription')},
            ${count(invoices.size, 'invoice')} and ${count(events.size, 'event')} are forgotten, with the catalogue, the
            test clocks, the chaos rules, and every endpoint that was not given at start. The account’s clock goes back
            to the real time. A product that keeps ids of this stand-in will not find them again.
          </p>
          ${missing && html`<p class="error" id="sure-error">Tick the box if you are sure.</p>`}
          <label class="check">
            <input type="checkbox" name="sure" value="yes" required ${missing && html`aria-describedby="sure-error"`} />
            <span>I am sure</span>
          </label>
          <div class="actions">
            <button class="button danger" type="submit">Forget everything</button>
            <a class="button secondary" href="/">Keep it</a>
          </div>
        </form>
      `,
    },
    ctx,
  )
}
