import { readFile } from 'node:fs/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { startAdvancing } from '../clocks/advance.ts'
import type { Context } from '../context.ts'
import { newRule } from '../control/chaos-rules.ts'
import type { Controls } from '../control/controls.ts'
import { ApiError, invalidRequest, noSuch } from '../http/errors.ts'
import { links } from '../links.ts'
import { html } from '../pages/html.ts'
import type { Page } from '../pages/layout.ts'
import { formOf, show, textOf } from '../pages/respond.ts'
import { cataloguePage } from './catalogue-page.ts'
import { chaosPage, mishaps } from './chaos-page.ts'
import { clocksPage } from './clocks-page.ts'
import { customerPage } from './customer-page.ts'
import { customersPage } from './customers-page.ts'
import { desk } from './desk-layout.ts'
import { endpointPage, overlaps } from './endpoint-page.ts'
import { eventPage, eventsPage } from './events-page.ts'
import { invoiceDetailPage } from './invoice-detail-page.ts'
import { checkoutsPage, invoicesPage, subscriptionsPage } from './lists.ts'
import { destination } from './moves.ts'
import { objectPage } from './object-page.ts'
import { objectOf, pathOf } from './objects.ts'
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

type Form = Record<string, string>

/** What a button does, and where it leads. */
type Act = (given: { id: string; form: Form }, ctx: Context) => string | Promise<string>

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
        ? reply.redirect(`/objects/${id}`)
        : show(reply.code(404), missing(id, ctx))
    })
  }

  app.get('/find', (request, reply) => {
    const ctx = context()
    const id = (queryOf(request.query).id ?? '').trim()
    const found = objectOf(id, ctx.state)
    return found ? reply.redirect(pathOf(found)) : show(reply.code(404), missing(id, ctx))
  })

  for (const [path, act] of Object.entries(acts(controls))) {
    app.post<WithId>(path, async (request, reply) => await perform(act, request, reply))
  }

  async function perform(act: Act, request: FastifyRequest<WithId>, reply: FastifyReply): Promise<FastifyReply> {
    const ctx = context()
    const outcome = await outcomeOf(() => act({ id: request.params.id, form: queryOf(formOf(request)) }, ctx))
    if (typeof outcome === 'string') return reply.redirect(outcome, 303)
    return show(reply.code(outcome.status), refused(outcome.message, ctx))
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

function acts(controls: Controls): Record<string, Act> {
  return {
    '/webhooks/:id/redeliver': ({ id, form }) => {
      controls.redeliver(id)
      return ownPath(form.back, '/webhooks')
    },

    '/endpoints/:id/roll': ({ id, form: { overlap = '' } }) => {
      if (!(overlap in overlaps)) throw invalidRequest('Say when the old secret ends.')
      controls.rollSecret(id, Number(overlap))
      return `/endpoints/${id}`
    },

    '/clocks/:id': ({ id, form }, ctx) => {
      const asked = { by: textOf(form.by), to: textOf(form.to) }
      if (id === 'account') {
        const to = destination(asked, { clock: null, now: ctx.now }, ctx.state)
        controls.moveClock(to)
        return `/clocks?from=${ctx.now}&to=${to}`
      }
      const clock = ctx.state.testClocks.get(id)
      if (!clock) throw noSuch('test clock', id)
      const from = clock.frozen_time
      const to = destination(asked, { clock: id, now: from }, ctx.state)
      startAdvancing(clock, to, ctx)
      return `/clocks?from=${from}&to=${to}#${id}`
    },

    '/chaos': ({ form: { mishap = '' } }) => {
      const chosen = mishaps[mishap]
      if (!chosen) throw invalidRequest('Say what is to go wrong.')
      controls.addChaos(newRule.parse(chosen.rule))
      return '/chaos'
    },

    '/chaos/clear': () => {
      controls.clearChaos()
      return '/chaos'
    },

    '/chaos/:id': ({ id, form: { on } }) => {
      if (on === 'never') controls.removeChaos(id)
      else controls.switchChaos(id, on === 'true')
      return '/chaos'
    },

    '/reset': async ({ form: { sure } }) => {
      if (sure !== 'yes') return '/reset?missing=sure'
      await controls.reset()
      return '/'
    },
  }
}

/** Where a form wants to come back to, if that is here. */
function ownPath(path: string | undefined, otherwise: string): string {
  return path !== undefined && /^\/(?![/\\])/.test(path) ? path : otherwise
}

function missing(id: string, ctx: Context): Page {
  const body = heading('There is nothing here', { lead: html`Nothing has the id <code>${id}</code>.` })
  return desk({ title: 'There is nothing here', at: null, body }, ctx)
}

function refused(message: string, ctx: Context): Page {
  const body = html`${heading('That did not work')}
    <p class="alert" role="alert">${message}</p>`
  return desk({ title: 'That did not work', at: null, body }, ctx)
}
