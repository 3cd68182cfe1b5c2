import type { Context } from '../context.ts'
import { html, type Content, type Html } from '../pages/html.ts'
import type { Page } from '../pages/layout.ts'
import { dateAndTime } from '../pages/wording.ts'
import { settingsOf } from '../state/settings.ts'

const places = {
  '/': 'Overview',
  '/customers': 'Customers',
  '/subscriptions': 'Subscriptions',
  '/invoices': 'Invoices',
  '/checkouts': 'Checkouts',
  '/catalogue': 'Catalogue',
  '/events': 'Events',
  '/webhooks': 'Webhooks',
  '/clocks': 'Clocks',
  '/chaos': 'Chaos',
}

export interface DeskPage {
  title: string
  /** Where in the navigation it belongs. */
  at: keyof typeof places | null
  body: Content
  /** Seconds after which the browser looks again, while something is on its way. */
  refresh?: number | undefined
}

/** A page of the desk, with the way to all the others. */
export function desk({ title, at, body, refresh }: DeskPage, ctx: Context): Page {
  return { title, shape: 'desk', nav: navigation(at, ctx), body, refresh }
}

function navigation(at: DeskPage['at'], ctx: Context): Html {
  return html`<nav aria-label="Desk">
    <div>
      <form class="find" action="/find" role="search">
        <input name="id" type="search" aria-label="Find by id" placeholder="Find cus_…, sub_…, evt_…" required />
      </form>
      <ul>
        ${Object.entries(places).map(
          ([path, label]) => html`<li><a href="${path}" ${path === at && html`aria-current="page"`}>${label}</a></li>`,
        )}
      </ul>
      <p class="clock">
        <a href="/clocks">
          <small>Account time, UTC</small>
          ${dateAndTime(ctx.now)} ${pace(ctx)}
        </a>
      </p>
    </div>
  </nav>`
}

/** `3 days`, or hours below two days. */
export function ahead(seconds: number): string {
  const units = { day: 86_400, hour: 3_600, minute: 60, second: 1 }
  const [unit, length] = Object.entries(units).find(([, size]) => seconds >= 2 * size) ?? ['second', 1]
  const count = Math.floor(seconds / length)
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

/** How the account's clock goes, where that is not the real time. */
function pace({ state }: Context): Html | null {
  const { clockOffset: offset, frozenAt } = settingsOf(state)
  if (frozenAt !== null) return html`<small>stands still</small>`
  return offset > 0 ? html`<small>${ahead(offset)} ahead</small>` : null
}
