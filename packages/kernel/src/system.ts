import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { systemContract, type Contract } from '@lightpress/protocol'
import type { FastifyInstance, RouteHandlerMethod } from 'fastify'
import { summarizeError } from './logging.ts'
import type { Metrics } from './metrics.ts'
import { describeApi } from './openapi.ts'

export const METRICS_PATH = '/metrics'

export interface SystemOptions {
  publicUrl: string
  /** Throws while the process should get no requests. */
  checkReady: () => Promise<void>
  /** The contracts that /docs and /openapi.json tell of; without any, this process serves neither. */
  documents: readonly Contract[]
}

/** Health, and the reference page where it is wanted: the routes of `systemContract`. */
export function registerSystemRoutes(app: FastifyInstance, { publicUrl, checkReady, documents }: SystemOptions) {
  const health: Record<string, RouteHandlerMethod> = {
    live: async () => ({ status: 'live' }),
    ready: async (request, reply) => {
      try {
        await checkReady()
        return { status: 'ready' }
      } catch (error) {
        // The reason is for operators: this answer may be seen from outside.
        request.log.warn({ error: summarizeError(error) }, 'not ready')
        return reply.code(503).send({ status: 'not_ready' })
      }
    },
  }
  const reference: Record<string, RouteHandlerMethod> = {
    openApi: async () => describeApi(documents, { publicUrl }),
    reference: async (_request, reply) =>
      reply.type('text/html; charset=utf-8').header('content-security-policy', pagePolicy).send(page),
    referenceScript: async (_request, reply) =>
      reply.type('text/javascript; charset=utf-8').send(`${await asset('swagger-ui-bundle.js')}\n${start}`),
    referenceStyle: async (_request, reply) =>
      reply.type('text/css; charset=utf-8').send(await asset('swagger-ui.css')),
  }
  for (const [name, handler] of Object.entries({ ...health, ...(documents.length > 0 && reference) })) {
    const { method, path } = systemContract.operations[name as 'live']
    const quiet = name in health
    app.route({ method, url: path, handler, config: { quiet, anyHost: quiet, operation: `system.${name}` } })
  }
}

/** What the process counts, for Prometheus: inside the network only, where nobody has to say who they are. */
export function registerMetricsRoute(internal: FastifyInstance, metrics: Metrics) {
  if (!metrics.enabled) return
  internal.get(METRICS_PATH, { config: { quiet: true } }, async (_request, reply) => {
    const { type, text } = await metrics.scrape()
    return reply.type(type).send(text)
  })
}

/** Swagger UI's own files; a bundle carries them beside itself. */
function asset(name: string): Promise<string> {
  const bundled = process.env.LIGHTPRESS_BUNDLED === 'true'
  return readFile(
    bundled ? new URL(name, import.meta.url) : createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`),
    'utf8',
  )
}

const pagePolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"

const start =
  "SwaggerUIBundle({ url: '/openapi.json', dom_id: '#reference', deepLinking: true, tryItOutEnabled: true })"

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Lightpress API reference</title>
<link rel="stylesheet" href="/docs/reference.css">
</head>
<body>
<main id="reference"></main>
<script src="/docs/reference.js"></script>
</body>
</html>
`
