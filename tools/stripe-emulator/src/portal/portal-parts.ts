import { html, type Content, type Html } from '../pages/html.ts'
import { links } from '../links.ts'
import type { Page } from '../pages/layout.ts'
import type { Subscription } from '../state/state.ts'
import { backFrom, type Visit } from './visit.ts'

/** A page that does one thing, with the way back. */
export function stepPage(
  visit: Visit,
  { title, problem, body }: { title: string; problem?: string | null; body: Content },
): Page {
  const back = backFrom(visit)
  return {
    title,
    shape: 'narrow',
    body: html`${back !== null && html`<p><a class="back" href="${back}">Back</a></p>`}
      <section class="card" aria-labelledby="step">
        <h1 id="step">${title}</h1>
        ${problem && html`<p class="alert" role="alert" tabindex="-1" autofocus>${problem}</p>`} ${body}
      </section>`,
  }
}

/** A button that is a form of its own, which sends what is hidden in it. */
export function act(
  { session }: Visit,
  { path, label, fields, kind }: { path: string; label: string; fields: Record<string, string>; kind: string },
): Html {
  return html`<form method="post" action="${links.portal(session.id)}/${path}" data-progress="Saving…">
    ${hidden(fields)}
    <button class="${kind}" type="submit">${label}</button>
  </form>`
}

export function hidden(fields: Record<string, string>): Html[] {
  return Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)
}

/** The names of what is subscribed to. */
export function planName(subscription: Subscription, { ctx }: Visit): string {
  const names = subscription.items.data.map(({ price }) => ctx.state.products.get(price.product)?.name ?? price.product)
  return names.join(' and ')
}
