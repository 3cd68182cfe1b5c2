import { links } from '../links.ts'
import { html, type Html } from '../pages/html.ts'
import type { State } from '../state/state.ts'

interface Known {
  id: string
  object: string
}

/** Any object of the API by its id. */
export function objectOf(id: string, state: State): Known | null {
  const endpoint = state.endpoints.get(id)?.endpoint
  if (endpoint) return endpoint
  for (const map of Object.values(state) as Map<string, unknown>[]) {
    const entry = map.get(id)
    if (isKnown(entry)) return entry
  }
  return null
}

/** Where the desk shows it. */
export function pathOf({ id, object }: Known): string {
  switch (object) {
    case 'customer':
      return `/customers/${id}`
    case 'subscription':
      return `/subscriptions/${id}`
    case 'invoice':
      return `/invoices/${id}`
    case 'event':
      return links.event(id)
    case 'webhook_endpoint':
      return `/endpoints/${id}`
    case 'test_helpers.test_clock':
      return `/clocks#${id}`
    default:
      return `/objects/${id}`
  }
}

/** Its id, as the way to it if it is there. */
export function linkTo(id: string, state: State): Html {
  const found = objectOf(id, state)
  return found ? html`<a href="${pathOf(found)}"><code>${id}</code></a>` : html`<code>${id}</code>`
}

/** The text, with every id in it the way to its object; what is long is cut short. */
export function linked(text: string, state: State): Html {
  return withLinks(text, state, (id) => (id.length > 36 ? `${id.slice(0, 20)}…` : id))
}

/** An object as the API answers it. */
export function json(object: object, state: State): Html {
  return html`<pre tabindex="0" aria-label="JSON">${withLinks(JSON.stringify(object, null, 2), state)}</pre>`
}

/** The same, for whoever asks. */
export function rawJson(object: object, state: State): Html {
  return html`<details class="raw">
    <summary>JSON</summary>
    ${json(object, state)}
  </details>`
}

function withLinks(text: string, state: State, named = (id: string) => id): Html {
  const parts = text.split(/\b([a-z]+(?:_[a-z]+)*_[0-9A-Za-z]{14,})\b/)
  return html`${parts.map((part, place) => {
    const found = place % 2 === 1 ? objectOf(part, state) : null
    return found ? html`<a href="${pathOf(found)}">${named(part)}</a>` : part
  })}`
}

function isKnown(entry: unknown): entry is Known {
  return typeof entry === 'object' && entry !== null && 'object' in entry && 'id' in entry
}
