// The container that stands in for the load balancer and the CDN: routes by the contracts' prefixes to the services
// named in the environment (AUTH_PUBLIC_URL and so on), of each to the processes that are ready, and serves the built web
// app, or passes on to the server that WEB_URL names.
import { fileURLToPath } from 'node:url'
import { createGateway } from '../gateway.ts'
import { modulePrefixes } from '../services.ts'

const routes = Object.entries(modulePrefixes()).flatMap(([module, prefixes]) => {
  const variable = `${module.toUpperCase()}_PUBLIC_URL`
  const url = process.env[variable]
  if (!url) throw new Error(`${variable} is missing (for example http://${module}-service:3000)`)
  return prefixes.map((prefix) => [prefix, url] as const)
})

const upstream = process.env.WEB_URL
const directory = fileURLToPath(new URL('../../../../apps/web/dist', import.meta.url))
const gateway = createGateway({
  routes: Object.fromEntries(routes),
  rest: upstream ? { upstream } : { directory },
  waitForUpstream: 5_000,
  balance: true,
})
await gateway.listen({ host: '0.0.0.0', port: Number(process.env.PORT ?? 3000) })
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void gateway.close().then(() => process.exit(0)))
