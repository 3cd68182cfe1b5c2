import type { Context } from '../context.ts'
import { html } from '../pages/html.ts'
import type { Page } from '../pages/layout.ts'
import { dateAndTime } from '../pages/wording.ts'
import { desk } from './desk-layout.ts'
import { eventsAbout } from './events.ts'
import { json, objectOf } from './objects.ts'
import { code, facts, heading, section, withQuery } from './parts.ts'
import { eventsTable } from './tables.ts'

const shown = 10

/** Whatever has no page of its own, with what the API shows only on demand, and what happened to it. */
export function objectPage(id: string, ctx: Context): Page | null {
  const { state } = ctx
  const object = objectOf(id, state)
  if (!object) return null
  const events = eventsAbout(id, state)
  const { created, status } = object as { created?: unknown; status?: unknown }
  const name = object.object.replaceAll(/[._]/g, ' ')
  return desk(
    {
      title: name,
      at: null,
      body: html`
        ${heading(name.charAt(0).toUpperCase() + name.slice(1), { lead: code(id) })}
        ${facts({
          Status: typeof status === 'string' && status.replaceAll('_', ' '),
          Created: typeof created === 'number' && dateAndTime(created),
        })}
        ${section('JSON', json(object, state))}
        ${section(
          'Events that name it',
          eventsTable(events.slice(0, shown), state),
          events.length > shown &&
            html`<a class="small" href="${withQuery('/events', { about: id })}">All ${events.length}</a>`,
        )}
      `,
    },
    ctx,
  )
}
