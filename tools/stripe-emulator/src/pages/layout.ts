import { html, type Content, type Html } from './html.ts'

export interface Page {
  title: string
  /** `narrow` for one thing to read, `split` for a summary beside a form, `desk` for much beside its `nav`. */
  shape: 'narrow' | 'split' | 'desk'
  body: Content
  nav?: Content
  /** Seconds after which the browser looks again. */
  refresh?: number | undefined
}

export function layout({ title, shape, body, nav, refresh }: Page): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Stripe stand-in</title>
        <link rel="icon" href="/icon.svg" />
        <link rel="stylesheet" href="/style.css" />
        ${nav !== undefined && html`<link rel="stylesheet" href="/desk.css" />`}
        ${refresh !== undefined && html`<meta http-equiv="refresh" content="${refresh}" />`}
        <script src="/page.js" defer></script>
      </head>
      <body>
        ${nav !== undefined && html`<a class="skip" href="#content">Skip to the content</a>`}
        <header class="stand-in"><strong>Stripe stand-in</strong> for development. No real money moves here.</header>
        ${nav}
        <main class="${shape}" id="content">${body}</main>
      </body>
    </html>`
  return page.text
}

/** A short page that says one thing, such as why there is nothing else to see. */
export function notice(title: string, text: string, link?: { href: string; label: string }): Page {
  return {
    title,
    shape: 'narrow',
    body: html`<section class="card notice">
      <h1>${title}</h1>
      <p>${text}</p>
      ${link && html`<p><a class="button" href="${link.href}">${link.label}</a></p>`}
    </section>`,
  }
}

export function badge(kind: 'good' | 'waiting' | 'bad' | 'quiet', text: string): Html {
  return html`<span class="badge ${kind}">${text}</span>`
}
