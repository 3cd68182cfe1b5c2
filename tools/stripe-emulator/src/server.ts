import Fastify, { type FastifyInstance } from 'fastify'
import type { Controls } from './control/controls.ts'
import { registerControl } from './control/routes.ts'
import { registerApi, type ApiOptions } from './http/api.ts'
import { errorBody, stackOf } from './http/errors.ts'
import { refusalOfStrangers } from './http/strangers.ts'
import { endpoints } from './endpoints.ts'
import { inclusions } from './inclusions.ts'

export interface ServerOptions extends Omit<ApiOptions, 'endpoints' | 'inclusions'> {
  controls: Controls
  /** Names that lead here, some with their port. */
  ownHosts: readonly string[]
}

/** One server for programs (`/v1/…`, and `/_control` for what Stripe does not have) and for people (everything else). */
export function createServer(options: ServerOptions): FastifyInstance {
  const app = createApp()
  app.addHook('onRequest', (request, reply, done) => {
    const refusal = refusalOfStrangers(request, options.ownHosts)
    if (!refusal) return done()
    reply.code(refusal.status).type('application/json').send(errorBody(refusal, null))
  })
  app.addHook('onResponse', (request, _reply, done) => {
    if (request.method !== 'GET') options.changed()
    done()
  })
  for (const [prefix, covered] of Object.entries({ '/v1': endpoints, '/v2': [] })) {
    void app.register(
      (api, _options, done) => {
        registerApi(api, { ...options, endpoints: covered, inclusions })
        done()
      },
      { prefix },
    )
  }
  void app.register(
    (control, _options, done) => {
      registerControl(control, options.controls, options.log)
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
    // As long as an address can be: what is not there is told as Stripe tells it, however long its name.
    routerOptions: { maxParamLength: 16_384 },
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

  /** What could not be loaded is tried again by whoever looks next. */
  async function pagesOf(): Promise<FastifyInstance> {
    loaded ??= load()
    try {
      return await loaded
    } catch (error) {
      loaded = undefined
      throw error
    }
  }

  // Before the body is read, because it is theirs to read.
  app.addHook('onRequest', async ({ raw }, reply) => {
    const pages = await pagesOf()
    reply.hijack()
    pages.routing(raw, reply.raw)
  })
  app.setErrorHandler((error, _request, reply) => {
    options.log(`the pages could not be loaded: ${stackOf(error)}`)
    return reply.code(500).type('text/plain').send('The pages could not be loaded; the log says why.')
  })
  app.setNotFoundHandler((_request, reply) => reply)
  app.addHook('onClose', async () => {
    const pages = await loaded?.catch(() => undefined)
    await pages?.close()
  })
}
