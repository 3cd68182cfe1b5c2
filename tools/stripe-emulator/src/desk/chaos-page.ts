import type { Context } from '../context.ts'
import type { ChaosRule, NewChaosRule } from '../control/chaos-rules.ts'
import { html, type Html } from '../pages/html.ts'
import { badge, type Page } from '../pages/layout.ts'
import { desk } from './desk-layout.ts'
import { heading, press, section, table, type Column } from './parts.ts'

/** What a button makes go wrong; anything else is a rule given to the control API. */
export const mishaps = new Map<string, { label: string; rule: NewChaosRule }>([
  ['duplicate', { label: 'Deliver every webhook twice', rule: { effect: 'duplicate' } }],
  ['reorder', { label: 'Deliver webhooks out of order', rule: { effect: 'reorder', window: 4 } }],
  ['delay', { label: 'Deliver webhooks 10 seconds late', rule: { effect: 'delay', milliseconds: 10_000 } }],
  ['drop', { label: 'Lose every fourth webhook', rule: { effect: 'drop', probability: 0.25 } }],
  ['error', { label: 'Answer the next request with 500', rule: { effect: 'error', status: 500, times: 1 } }],
  ['limit', { label: 'Answer every fifth request with 429', rule: { effect: 'error', status: 429, probability: 0.2 } }],
  ['slow', { label: 'Answer 3 seconds late', rule: { effect: 'slow', milliseconds: 3_000 } }],
  [
    'lose',
    { label: 'Do the next POST, but lose the answer', rule: { effect: 'lose_answer', method: 'POST', times: 1 } },
  ],
])

export function chaosPage(ctx: Context): Page {
  const rules = [...ctx.state.chaos.values()]
  return desk(
    {
      title: 'Chaos',
      at: '/chaos',
      body: html`
        ${heading('Chaos', {
          lead: 'What goes wrong sooner or later, on purpose and now. The first rule that strikes decides.',
          actions: rules.length > 0 && press('/chaos/clear', 'Clear all'),
        })}
        ${section('Rules', rulesTable(rules))}
        ${section(
          'Make something go wrong',
          html`<div class="presets">
              ${[...mishaps].map(([mishap, { label }]) => press('/chaos', label, { fields: { mishap } }))}
            </div>
            <p class="muted small">
              Finer rules, by type, endpoint, method, path, count and seed, are made by POST
              <code>/_control/chaos</code>.
            </p>`,
        )}
      `,
    },
    ctx,
  )
}

function rulesTable(rows: ChaosRule[]): Html {
  const columns: Column<ChaosRule>[] = [
    {
      label: 'What',
      cell: (rule) => html`<strong>${rule.effect.replace('_', ' ')}</strong><small>${how(rule)}</small>`,
    },
    { label: 'Where', cell: where },
    { label: 'When', kind: 'extra', cell: when },
    { label: 'Struck', kind: 'extra number', cell: ({ struck, matched }) => `${struck} of ${matched}` },
    { label: 'State', cell: stateOf },
    {
      label: 'Turn on or off',
      kind: 'action',
      cell: ({ id, on }) =>
        html`<span class="buttons"
          >${press(`/chaos/${id}`, on ? 'Turn off' : 'Turn on', { fields: { on: String(!on) } })}
          ${press(`/chaos/${id}`, 'Remove', { fields: { on: 'never' } })}</span
        >`,
    },
  ]
  return table(columns, { rows, label: 'Chaos rules', empty: 'Everything goes as it should.' })
}

function how(rule: ChaosRule): string {
  switch (rule.effect) {
    case 'duplicate':
      return `${rule.copies + 1} times${rule.milliseconds > 0 ? `, ${seconds(rule.milliseconds)} apart` : ''}`
    case 'delay':
    case 'slow':
      return `by ${seconds(rule.milliseconds)}`
    case 'reorder':
      return `${rule.window} at a time, within ${seconds(rule.milliseconds)}`
    case 'drop':
      return 'never delivered'
    case 'error':
      return `status ${rule.status}, nothing done`
    case 'lose_answer':
      return rule.status === null ? 'done, then the connection is cut' : `done, then status ${rule.status}`
  }
}

function where(rule: ChaosRule): Html {
  if ('types' in rule) return html`webhooks<small>${rule.types?.join(', ') ?? 'of every type'} ${rule.endpoint}</small>`
  return html`requests<small>${rule.method ?? 'any method'} ${rule.path}</small>`
}

function when({ probability, times, skip }: ChaosRule): string {
  const parts = [
    probability < 1 && `${Math.round(probability * 100)} % of them`,
    skip > 0 && `after ${skip}`,
    times !== null && (times === 1 ? 'once' : `${times} times`),
  ].filter((part) => part !== false)
  return parts.length === 0 ? 'always' : parts.join(', ')
}

function stateOf({ on, times, struck }: ChaosRule): Html {
  if (times !== null && struck >= times) return badge('quiet', 'used up')
  return on ? badge('waiting', 'on') : badge('quiet', 'off')
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`
}
