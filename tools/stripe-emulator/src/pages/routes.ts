import { readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import type { Controls } from '../control/controls.ts'
import { ApiError } from '../http/errors.ts'
import { registerCheckout } from '../checkout/checkout-routes.ts'
import { registerDesk } from '../desk/desk-routes.ts'
import { registerInvoices } from '../invoices/invoice-routes.ts'
import { notice } from './layout.ts'
import { registerAuthentication } from '../payments/authentication-routes.ts'
import { registerPortal } from '../portal/portal-routes.ts'
import { show } from './respond.ts'

const assets = { '/style.css': 'text/css', '/page.js': 'text/javascript', '/icon.svg': 'image/svg+xml' }

/** What people see: checkout, portal, invoice and the desk. */
export function registerPages(
  app: FastifyInstance,
  options: {
    context(request: { id: null; idempotency_key: null }): Context
    controls: Controls
    log(message: string): void
  },
): void {
  const context = () => options.context({ id: null, idempotency_key: null })

  app.addHook('onRequest', (_request, reply, done) => {
    // No form-action: it would forbid the way back to the product after the payment.
    reply.header(
      'content-security-policy',
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    )
    reply.header('referrer-policy', 'same-origin')
    reply.header('cache-control', 'no-store')
    done()
  })

  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof ApiError && error.status < 500) {
      const title = error.details.code === 'resource_missing' ? 'This link does not work' : 'That did not work'
      return show(reply.code(error.status), notice(title, error.message))
    }
    options.log(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return show(reply.code(500), notice('Something broke', 'The stand-in failed; its log says why.'))
  })

  app.setNotFoundHandler((_request, reply) =>
    show(
      reply.code(404),
      notice('There is nothing here', 'The desk shows what there is.', { href: '/', label: 'Desk' }),
    ),
  )

  for (const [path, type] of Object.entries(assets)) {
    const file = new URL(`.${path}`, import.meta.url)
    app.get(path, async (_request, reply) => reply.type(type).send(await readFile(file)))
  }

  registerDesk(app, { context, controls: options.controls })

  registerAuthentication(app, context)

  registerCheckout(app, context)

  registerPortal(app, context)

  registerInvoices(app, context)
}
