import Fastify, { type FastifyInstance } from 'fastify'
import type { Controls } from './control/controls.ts'
import { registerControl } from './control/routes.ts'
import { registerApi, type ApiOptions } from './http/api.ts'
import { endpoints } from './endpoints.ts'

export type ServerOptions = Omit<ApiOptions, 'endpoints'> & { controls: Controls }

/** One server for programs (`/v1/…`, and `/_control` for what Stripe does not have) and for people (everything else). */
export function createServer(options: ServerOptions): FastifyInstance {
  const app = createApp()
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
    servePagesLate(pages, options)
    done()
  })
  return app
}

/** No route has one: parameters are checked otherwise. Fastify's own compilers would be loaded all the same. */
function noSchema(): never {
  throw new Error('Routes of the stand-in have no schemas.')
}

/** Forms only, read where they are needed: the API's and the pages' are the same text. */
function createApp(): FastifyInstance {
  const app = Fastify({
    requestTimeout: 10_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    schemaController: { compilersFactory: { buildValidator: noSchema, buildSerializer: noSchema } },
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body)
  })
  return app
}

/** The pages are a third of all code, and no program needs them: they are loaded when somebody first looks at one. */
function servePagesLate(app: FastifyInstance, options: ServerOptions): void {
  let loaded: Promise<FastifyInstance> | undefined

  async function load(): Promise<FastifyInstance> {
    const { registerPages } = await import('./pages/routes.ts')
    const pages = createApp()
    registerPages(pages, options)
    await pages.ready()
    return pages
  }

  // Before the body is read, because it is theirs to read.
  app.addHook('onRequest', async ({ raw }, reply) => {
    const pages = await (loaded ??= load())
    reply.hijack()
    pages.routing(raw, reply.raw)
  })
  app.setNotFoundHandler((_request, reply) => reply)
  app.addHook('onClose', async () => (await loaded)?.close())
}
