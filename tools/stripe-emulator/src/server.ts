import Fastify, { type FastifyInstance } from 'fastify'
import { registerApi, type ApiOptions } from './http/api.ts'
import { endpoints } from './endpoints.ts'
import { registerPages } from './pages/routes.ts'

/** One server for programs (`/v1/…`) and for people (everything else). */
export function createServer(options: Omit<ApiOptions, 'endpoints'> & { changed(): void }): FastifyInstance {
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
  app.addHook('onResponse', async (request) => {
    if (request.method !== 'GET') options.changed()
  })
  void app.register(async (api) => registerApi(api, { ...options, endpoints }), { prefix: '/v1' })
  void app.register(async (api) => registerApi(api, { ...options, endpoints: [] }), { prefix: '/v2' })
  void app.register(async (pages) => registerPages(pages, options))
  return app
}
