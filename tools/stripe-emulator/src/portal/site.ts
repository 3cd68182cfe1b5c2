import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import { links } from '../links.ts'
import type { Page } from '../pages/layout.ts'
import { formOf, redirect, show, textOf } from '../pages/respond.ts'
import { look, open, type Visit } from './visit.ts'

/** What a form or an address says; what it does not say is missing. */
export type Fields = Partial<Record<string, string>>

/** A page to see, one with a status that says what was wrong, or where to go on. */
export type Answer = Page | { page: Page; status: number } | { to: string }

/** Where the pages of the portal are put, and what their forms do. */
export interface Site {
  /** Something to look at; `part` is what the address is about. */
  page(at: string, shown: (visit: Visit, asked: { part: string; query: Fields }) => Answer): void
  /** Something that a form does. */
  action(at: string, act: (visit: Visit, form: Fields) => Answer): void
  /** Something that is done when the bank sends people back. */
  arrival(at: string, act: (visit: Visit, query: Fields) => Answer): void
}

interface Request {
  Params: { id: string; part: string }
  Querystring: Record<string, unknown>
}

/** All under the address of a session. */
export function createSite(app: FastifyInstance, context: () => Context): Site {
  const path = links.portal(':id')
  return {
    page(at, shown) {
      app.get<Request>(path + at, ({ params: { id, part }, query }, reply) =>
        send(reply, shown(look(id, context()), { part, query: textsOf(query) })),
      )
    },
    action(at, act) {
      app.post<Request>(path + at, (request: FastifyRequest<Request>, reply) =>
        send(reply, act(open(request.params.id, context()), textsOf(formOf(request)))),
      )
    },
    arrival(at, act) {
      app.get<Request>(path + at, ({ params: { id }, query }, reply) =>
        send(reply, act(open(id, context()), textsOf(query))),
      )
    },
  }
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  if ('to' in answer) return redirect(reply, answer.to)
  return 'status' in answer ? show(reply.code(answer.status), answer.page) : show(reply, answer)
}

function textsOf(given: Record<string, unknown>): Fields {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, textOf(value)]))
}
