import type { Page } from '../http/list.ts'
import { html, type Content, type Html } from '../pages/html.ts'

export interface Column<Row> {
  label: string
  cell(row: Row): Content
  /**
   * `number` stands to the right, `text` may take several lines, the label of an `action` is only read out, and what is
   * `extra` is left out where there is little room.
   */
  kind?: 'number' | 'text' | 'action' | 'extra' | 'extra number'
}

/** The head of a page: what it is about, and what can be done with it. */
export function heading(title: Content, { lead, actions }: { lead?: Content; actions?: Content } = {}): Html {
  return html`<header class="head">
    <div>
      <h1>${title}</h1>
      ${lead !== undefined && html`<p class="muted">${lead}</p>`}
    </div>
    ${actions !== undefined && html`<div class="actions">${actions}</div>`}
  </header>`
}

export function section(title: string, body: Content, more?: Content): Html {
  const id = title.toLowerCase().replaceAll(/[^a-z]+/g, '-')
  return html`<section aria-labelledby="${id}">
    <div class="head">
      <h2 id="${id}">${title}</h2>
      ${more}
    </div>
    ${body}
  </section>`
}

/** What is known of one thing: labels with their values; what is null is left out. */
export function facts(values: Record<string, Content>): Html {
  const known = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== false)
  return html`<dl class="known">
    ${known.map(
      ([label, value]) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`
}

export function table<Row>(
  columns: readonly Column<Row>[],
  { rows, label, empty }: { rows: readonly Row[]; label: string; empty: Content },
): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`
  return html`<div class="sheet" role="region" aria-label="${label}">
    <table>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col" class="${column.kind}"><span>${column.label}</span></th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${columns.map((column) => html`<td class="${column.kind}">${column.cell(row)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

/** The ways to the page before and the page after, for what `paginate` answered to the same query. */
export function pager(
  { data, has_more: more }: Page<{ id: string }>,
  path: string,
  { after, before, ...filter }: Record<string, string>,
): Html | null {
  const newer = before === undefined ? after !== undefined : more
  const older = before === undefined ? more : true
  const [first, last] = [data[0], data.at(-1)]
  if (!first || !last || !(newer || older)) return null
  return html`<nav class="pager" aria-label="Pages">
    ${newer && html`<a class="button small secondary" href="${withQuery(path, { ...filter, before: first.id })}">Newer</a>`}
    ${older && html`<a class="button small secondary" href="${withQuery(path, { ...filter, after: last.id })}">Older</a>`}
  </nav>`
}

export function withQuery(path: string, values: Record<string, string>): string {
  const query = new URLSearchParams(values).toString()
  return query === '' ? path : `${path}?${query}`
}

export interface Filter {
  name: string
  label: string
  /** What there is to choose from; without it any text. */
  options?: readonly (string | readonly [value: string, label: string])[]
  /** What may be typed. */
  suggestions?: readonly string[]
  placeholder?: string
}

/** A form that asks for the same page again with less on it. */
export function filters(path: string, given: Record<string, string>, fields: readonly Filter[]): Html {
  const active = fields.some(({ name }) => given[name] !== undefined)
  return html`<form class="filters" action="${path}">
    ${fields.map(
      (field) =>
        html`<label>
          <span>${field.label}</span>
          ${field.options ? choice(field, given[field.name]) : entry(field, given[field.name])}
        </label>`,
    )}
    <button class="button small secondary" type="submit">Filter</button>
    ${active && html`<a class="small" href="${path}">Show all</a>`}
  </form>`
}

/** A button that does something at once. */
export function press(
  action: string,
  label: string,
  { fields = {}, kind = 'secondary', title }: { fields?: Record<string, string>; kind?: string; title?: string } = {},
): Html {
  return html`<form method="post" action="${action}" class="inline">
    ${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <button class="button small ${kind}" type="submit" ${title !== undefined && html`title="${title}"`}>
      ${label}
    </button>
  </form>`
}

/** A name of several parts, which may go on in the next line after each of them. */
export function breakable(name: string): Html {
  return html`${name.split(/(?<=[./@_-])/).map((part) => html`${part}<wbr />`)}`
}

export function code(text: string): Html {
  return html`<code>${text}</code>`
}

/** `1 customer`, `2,000 customers`. */
export function count(many: number, noun: string, plural = `${noun}s`): string {
  return `${many.toLocaleString('en-US')} ${many === 1 ? noun : plural}`
}

function choice({ name, options = [] }: Filter, given: string | undefined): Html {
  return html`<select name="${name}">
    <option value="">All</option>
    ${options.map((option) => {
      const [value, label] = typeof option === 'string' ? [option, option] : option
      return html`<option value="${value}" ${value === given && html`selected`}>${label}</option>`
    })}
  </select>`
}

function entry({ name, suggestions = [], placeholder = '' }: Filter, given = ''): Html {
  const list = `${name}-suggestions`
  return html`<input name="${name}" value="${given}" placeholder="${placeholder}" list="${list}" autocomplete="off" />
    <datalist id="${list}">${suggestions.map((suggestion) => html`<option value="${suggestion}"></option>`)}</datalist>`
}
