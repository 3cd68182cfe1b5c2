import { readFile } from 'node:fs/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import type { Controls } from '../control/controls.ts'
import { ApiError } from '../http/errors.ts'
import { links } from '../links.ts'
import { html } from '../pages/html.ts'
import type { Page } from '../pages/layout.ts'
import { formOf, redirect, show } from '../pages/respond.ts'
import { cataloguePage } from './catalogue-page.ts'
import { chaosPage } from './chaos-page.ts'
import { clocksPage } from './clocks-page.ts'
import { customerPage } from './customer-page.ts'
import { customersPage } from './customers-page.ts'
import { acts, type Act } from './desk-acts.ts'
import { desk } from './desk-layout.ts'
import { endpointPage } from './endpoint-page.ts'
import { eventPage, eventsPage } from './events-page.ts'
import { invoiceDetailPage } from './invoice-detail-page.ts'
import { checkoutsPage, invoicesPage, subscriptionsPage } from './lists.ts'
import { objectPage } from './object-page.ts'
import { linked, objectOf, pathOf } from './objects.ts'
import { overviewPage } from './overview-page.ts'
import { heading } from './parts.ts'
import { queryOf, type Query } from './query.ts'
import { resetPage } from './reset-page.ts'
import { subscriptionPage } from './subscription-page.ts'
import { webhooksPage } from './webhooks-page.ts'

interface WithId {
  Params: { id: string }
}

/** Pages that show many things, as far as the query asks for them. */
const lists: Record<string, (query: Query, ctx: Context) => Page> = {
  '/': (_query, ctx) => overviewPage(ctx),
  '/customers': customersPage,
  '/subscriptions': subscriptionsPage,
  '/invoices': invoicesPage,
  '/checkouts': checkoutsPage,
  '/catalogue': (_query, ctx) => cataloguePage(ctx),
  '/events': eventsPage,
  '/webhooks': webhooksPage,
  '/clocks': clocksPage,
  '/chaos': (_query, ctx) => chaosPage(ctx),
  '/reset': ({ missing }, ctx) => resetPage({ missing: missing !== undefined }, ctx),
}

/** Pages about one thing; null if there is none. */
const details: Record<string, (id: string, ctx: Context) => Page | null> = {
  '/customers/:id': customerPage,
  '/subscriptions/:id': subscriptionPage,
  '/invoices/:id': invoiceDetailPage,
  [links.event(':id')]: eventPage,
  '/endpoints/:id': endpointPage,
  '/objects/:id': objectPage,
}

export interface DeskOptions {
  context(): Context
  controls: Controls
}

/** The desk: what there is, what happened, and the buttons that move time and make things go wrong. */
export function registerDesk(app: FastifyInstance, { context, controls }: DeskOptions): void {
  app.get('/desk.css', async (_request, reply) => {
    return reply.type('text/css').send(await readFile(new URL('./desk.css', import.meta.url)))
  })

  for (const [path, page] of Object.entries(lists)) {
    app.get(path, (request, reply) => show(reply, page(queryOf(request.query), context())))
  }
  for (const [path, page] of Object.entries(details)) {
    app.get<WithId>(path, ({ params: { id } }, reply) => {
      const ctx = context()
      const found = page(id, ctx)
      if (found) return show(reply, found)
      const other = objectOf(id, ctx.state)
      return other && !path.startsWith('/objects')
        ? redirect(reply, `/objects/${id}`)
        : show(reply.code(404), missing(id, ctx))
    })
  }

  app.get('/find', (request, reply) => {
    const ctx = context()
    const id = (queryOf(request.query).id ?? '').trim()
    const found = objectOf(id, ctx.state)
    return found ? redirect(reply, pathOf(found)) : show(reply.code(404), missing(id, ctx))
  })

  for (const [path, act] of Object.entries(acts(controls))) {
    app.post<WithId>(path, async (request, reply) => await perform(act, request, reply))
  }

  async function perform(act: Act, request: FastifyRequest<WithId>, reply: FastifyReply): Promise<FastifyReply> {
    const ctx = context()
    const outcome = await outcomeOf(() => act({ id: request.params.id, form: queryOf(formOf(request)) }, ctx))
    if (typeof outcome === 'string') return redirect(reply, outcome)
    return show(reply.code(outcome.status), refused(outcome.message, request, ctx))
  }
}

/** Where it leads, or why it was refused. */
async function outcomeOf(act: () => string | Promise<string>): Promise<string | ApiError> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof ApiError && error.status < 500) return error
    throw error
  }
}

function missing(id: string, ctx: Context): Page {
  const body = heading('There is nothing here', { lead: html`Nothing has the id <code>${id}</code>.` })
  return desk({ title: 'There is nothing here', at: null, body }, ctx)
}

function refused(message: string, request: FastifyRequest, ctx: Context): Page {
  const [, place = ''] = request.url.split('/')
  const body = html`${heading('That did not work')}
    <p class="alert" role="alert">${linked(withTimes(message), ctx.state)}</p>
    <p><a class="button small secondary" href="${pageOf(place)}">Back</a></p>`
  return desk({ title: 'That did not work', at: null, body }, ctx)
}

/** The page with the button: an endpoint has its own among the webhooks. */
function pageOf(place: string): string {
  return place === 'endpoints' ? '/webhooks' : `/${place}`
}

/** What the API says in seconds is read here by people. */
function withTimes(message: string): string {
  return message.replace(/\b\d{10}\b/g, (seconds) => {
    return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace('T', ', ')} UTC`
  })
}
