import Fastify, { type FastifyInstance } from 'fastify'
import type { Controls } from './control/controls.ts'
import { registerControl } from './control/routes.ts'
import { registerApi, type ApiOptions } from './http/api.ts'
import { endpoints } from './endpoints.ts'
import { registerPages } from './pages/routes.ts'

export type ServerOptions = Omit<ApiOptions, 'endpoints'> & { controls: Controls }

/** One server for programs (`/v1/…`, and `/_control` for what Stripe does not have) and for people (everything else). */
export function createServer(options: ServerOptions): FastifyInstance {
  const app = Fastify({
    requestTimeout: 10_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  })
  // Forms only, read where they are needed: the API's and the pages' are the same text.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body)
  })
  app.addHook('onResponse', (request, _reply, done) => {
    if (request.method !== 'GET') options.changed()
    done()
  })
  for (const [prefix, covered] of Object.entries({ '/v1': endpoints, '/v2': [] })) {
    void app.register(
      (api, _options, done) => {
        registerApi(api, { ...options, endpoints: covered })
        done()
      },
      { prefix },
    )
  }
  void app.register(
    (control, _options, done) => {
      registerControl(control, options.controls)
      done()
    },
    { prefix: '/_control' },
  )
  void app.register((pages, _options, done) => {
    registerPages(pages, options)
    done()
  })
  return app
}
