import { agendas } from '../clocks/agendas.ts'
import { nextDue, type Due } from '../clocks/agenda.ts'
import type { Context } from '../context.ts'
import { html, type Content, type Html } from '../pages/html.ts'
import { badge, type Page } from '../pages/layout.ts'
import { dateAndTime } from '../pages/wording.ts'
import { settingsOf } from '../state/settings.ts'
import type { State, TestClock } from '../state/state.ts'
import { customerLink } from './customers-page.ts'
import { ahead, desk } from './desk-layout.ts'
import { steps } from './moves.ts'
import { linked } from './objects.ts'
import { code, heading, press, section, withQuery } from './parts.ts'
import type { Query } from './query.ts'
import { isLive } from '../customers/customers.ts'

/** The account's clock and the test clocks, with the ways to move them. */
export function clocksPage({ from, to }: Query, ctx: Context): Page {
  const { state } = ctx
  const clocks = [...state.testClocks.values()].reverse()
  return desk(
    {
      title: 'Clocks',
      at: '/clocks',
      refresh: clocks.some(({ status }) => status === 'advancing') ? 1 : undefined,
      body: html`
        ${heading('Clocks', {
          lead: 'Time only goes forward. Everything that is due on the way happens, in order and each at its moment. All times are UTC.',
        })}
        ${moved(from, to)} ${section('The account', accountClock(ctx))}
        ${section(
          'Test clocks',
          clocks.length === 0
            ? html`<p class="empty">
                None. POST /v1/test_helpers/test_clocks makes one, for customers who are created with it.
              </p>`
            : clocks.map((clock) => testClock(clock, state)),
        )}
      `,
    },
    ctx,
  )
}

function moved(from: string | undefined, to: string | undefined): Html | null {
  const [start, end] = [Number(from), Number(to)]
  if (from === undefined || to === undefined || !Number.isSafeInteger(start) || !Number.isSafeInteger(end)) return null
  return html`<p class="done" role="status">
    Moved from ${dateAndTime(start)} to ${dateAndTime(end)}.
    <a href="${withQuery('/events', { from: String(start + 1), to: String(end) })}">What happened</a>
  </p>`
}

function accountClock(ctx: Context): Html {
  const { clockOffset: offset, frozenAt } = settingsOf(ctx.state)
  const running = offset === 0 ? 'The real time.' : `${ahead(offset)} ahead of the real time; a reset brings it back.`
  return html`<div class="card clock-card">
    <p class="time">${dateAndTime(ctx.now)}</p>
    <p class="muted">
      ${frozenAt === null ? running : 'It stands still until it is moved.'} For everybody who is on no test clock.
    </p>
    ${controls('account', nextDue({ clock: null, agendas }, ctx.state), ctx.state)}
  </div>`
}

function testClock(clock: TestClock, state: State): Html {
  const { id, name, status, frozen_time: time } = clock
  const people = [...state.customers.values()].filter(isLive).filter((customer) => customer.test_clock === id)
  return html`<div class="card clock-card" id="${id}">
    <div class="head">
      <h3>${name ?? 'Test clock'} ${clockBadge(clock)}</h3>
      ${code(id)}
    </div>
    <p class="time">${dateAndTime(time)}</p>
    <p class="muted">
      ${people.length === 0 ? 'Nobody lives by it yet.' : html`For ${separated(people.map(customerLink))}.`}
    </p>
    ${status === 'ready' && controls(id, nextDue({ clock: id, agendas }, state), state)}
  </div>`
}

function controls(id: string, due: Due | null, state: State): Html {
  const action = `/clocks/${id}`
  return html`
    <div class="steps">
      ${[...steps].map(([by, { label }]) => press(action, label, { fields: { by } }))}
      <form method="post" action="${action}" class="inline">
        <label class="to"><span>To</span><input type="datetime-local" name="to" step="1" required /></label>
        <button class="button small secondary" type="submit">Go</button>
      </form>
    </div>
    ${
      due
        ? html`<div class="next">
            ${press(action, 'To what is next', { fields: { by: 'due' } })}
            <span>${linked(due.what, state)}, ${dateAndTime(due.at)}</span>
          </div>`
        : html`<p class="muted small">Nothing is due by it.</p>`
    }
  `
}

function clockBadge({ status, status_details: details }: TestClock): Html {
  const target = details.advancing?.target_frozen_time
  if (status === 'ready') return badge('good', status)
  if (status === 'internal_failure') return badge('bad', 'failed')
  return html`${badge('waiting', status)} ${target !== undefined && html`<small>to ${dateAndTime(target)}</small>`}`
}

function separated(items: Html[]): Content {
  return items.map((item, at) => (at === 0 ? item : html`, ${item}`))
}
