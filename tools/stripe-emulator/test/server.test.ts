import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import type { Controls } from '../src/control/controls.ts'
import { refusalOfStrangers } from '../src/http/strangers.ts'
import { createControl } from '../src/index.ts'
import { inTurn } from '../src/in-turn.ts'
import { createServer } from '../src/server.ts'
import { emptyState } from '../src/state/state.ts'
import { errorOf, sdk, startEmulator, temporaryFolder, until } from './harness.ts'

/** As a browser asks that was told to go to `host`, wherever that leads. */
async function ask(url: string, path: string, { method = 'GET', ...headers }: Record<string, string>) {
  const asked = request(new URL(path, url), { method, headers: { authorization: 'Bearer sk_test_x', ...headers } })
  asked.end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  return { status: answer.statusCode, body: await text(answer) }
}

const paths = ['/v1/customers', '/_control/clock', '/', '/webhooks', '/style.css', '/nothing']

test.each([
  'evil.example',
  'evil.example:4242',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  '@',
  'pay.shop.example',
  'cluster.local.example',
])('a site that made its name %s lead here reads nothing and does nothing', async (host) => {
  const { url, stripe } = await startEmulator()
  for (const path of paths) {
    const { status, body } = await ask(url, path, { host })
    expect(status, path).toBe(403)
    expect(body).toContain('ALLOWED_HOSTS')
  }
  const own = { host, origin: `http://${host}`, method: 'POST' }
  for (const path of ['/v1/products?name=x', '/_control/reset', '/chaos/clear']) {
    expect((await ask(url, path, own)).status, path).toBe(403)
  }
  expect((await stripe.products.list()).data).toEqual([])
})

test.each([
  'localhost:1',
  'LOCALHOST',
  'localhost.',
  'pay.localhost',
  '127.0.0.1',
  '192.168.1.7:4242',
  '[::1]:4242',
  'stripe:4242',
  'host.docker.internal:4242',
  'stripe.test',
  'stripe.shop.svc.cluster.local',
  'nas.home.arpa',
  'pay.shop.example',
  'desk.example',
])('under the name %s it is reached', async (host) => {
  const { url } = await startEmulator({ publicUrl: 'https://pay.shop.example/', allowedHosts: ['desk.example'] })
  for (const path of ['/v1/customers', '/_control/clock', '/']) {
    expect((await ask(url, path, { host })).status, path).toBe(200)
  }
})

test('no page of another site does anything, by whichever door', async () => {
  const { url, stripe } = await startEmulator()
  const { host } = new URL(url)
  for (const origin of ['https://elsewhere.test', 'null', `http://${host}1`]) {
    for (const path of ['/v1/products?name=x', '/_control/chaos', '/chaos/clear']) {
      const { status, body } = await ask(url, path, { method: 'POST', host, origin })
      expect([status, body.includes('another site')], path).toEqual([403, true])
    }
  }
  expect((await stripe.products.list()).data).toEqual([])
  expect((await ask(url, '/chaos/clear', { method: 'POST', host, origin: `http://${host}` })).status).toBe(303)
})

test.each([
  ['the name in PUBLIC_URL, with its port', 'http://desk.shop.example:8080', 303],
  ['that name on another port, where something else may be', 'http://desk.shop.example:3000', 403],
  ['an allowed name on whatever port a proxy has', 'http://stripe.lan:8080', 303],
  ['an allowed name, encrypted', 'https://stripe.lan', 303],
  ['a name that ends in an allowed one', 'http://not-stripe.lan', 403],
  ['no page that can be named', 'data:,x', 403],
])('behind a proxy that asks in its own name, what comes from %s is answered so', async (_case, origin, expected) => {
  const { url } = await startEmulator({ publicUrl: 'http://desk.shop.example:8080', allowedHosts: ['Stripe.LAN'] })
  const { status } = await ask(url, '/chaos/clear', { method: 'POST', host: 'stripe:4242', origin })
  expect(status).toBe(expected)
})

test('who names no host is told so', () => {
  const refusal = refusalOfStrangers({ method: 'GET', headers: { host: '' } }, [])
  expect(refusal?.message).toContain('Nobody said that an empty name leads')
})

test('a request that is slow when it closes is cut off and not done, which is no failure', async () => {
  const dataFile = `${await temporaryFolder()}/state.json`
  const { url, logged, close } = await startEmulator({ dataFile })
  const { chaos } = createControl(url)
  const { id } = await chaos.add({ effect: 'slow', path: '/v1/customers', milliseconds: 60_000 })
  const answer = errorOf(sdk(url).customers.create({}))
  await until(async () => (await chaos.list())[0]?.struck === 1)
  await close()
  expect((await answer).type).toBe('StripeConnectionError')
  expect(logged).toEqual([])
  const after = await startEmulator({ dataFile })
  await createControl(after.url).chaos.remove(id)
  expect((await after.stripe.customers.list()).data).toEqual([])
})

test('pages that could not be loaded are tried again, and do not keep it from closing', async () => {
  const logged: string[] = []
  let broken = false
  const app = createServer({
    ownHosts: [],
    state: emptyState(),
    log: (message: string) => void logged.push(message),
    changed: () => {},
    context: () => {
      throw new Error('not asked for')
    },
    get controls() {
      if (broken) throw new Error('there is no desk')
      return {} as Controls
    },
  })
  await app.ready()
  broken = true
  expect((await app.inject('/style.css')).statusCode).toBe(500)
  expect(logged.join()).toContain('there is no desk')
  broken = false
  expect((await app.inject('/style.css')).statusCode).toBe(200)
  await app.close()
})

test('what is to be done at the end is done, whatever else fails', async () => {
  const done: string[] = []
  const step = (name: string, problem?: string) => () => {
    done.push(name)
    return problem === undefined ? Promise.resolve() : Promise.reject(new Error(problem))
  }
  await inTurn([step('one'), step('two')])
  const ending = inTurn([step('server', 'stuck'), step('time'), step('store', 'full')])
  await expect(ending).rejects.toThrow('stuck; full')
  expect(done).toEqual(['one', 'two', 'server', 'time', 'store'])
})
