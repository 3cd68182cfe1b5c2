import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { auth } from '@lightpress/auth-contract'
import { billing } from '@lightpress/billing-contract'
import { notifications } from '@lightpress/notifications-contract'
import { users } from '@lightpress/users-contract'
import { until } from '@lightpress/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { queries } from './files.ts'
import { startProduct, type Product } from './product.ts'
import { readQuery } from './promql.ts'

/** What Prometheus itself adds: its own metric, and labels of whom it scraped. */
const PROMETHEUS = { metrics: new Map([['up', new Set<string>()]]), labels: ['job', 'instance', 'service'] }

let vendors: Server
let product: Product
/** Every metric of a real process, with the labels that its samples have. */
let metrics: ReadonlyMap<string, ReadonlySet<string>>

beforeAll(async () => {
  // Whatever is asked of a vendor is taken.
  vendors = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"1","data":[],"object":"list"}')
  })
  await once(vendors.listen(0, '127.0.0.1'), 'listening')
  product = await startProduct(`http://127.0.0.1:${(vendors.address() as AddressInfo).port}`)
  await fetch(`${product.url}/v1/auth/sign-up`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery', name: 'Ada' }),
  })
  const text = await until(
    () => fetch(`${product.internalUrl}/metrics`).then((answer) => answer.text()),
    (seen) => seen.includes('lightpress_vendor_requests_total{') && seen.includes('lightpress_deliveries_total{'),
    { timeout: 60_000 },
  )
  metrics = new Map([...readNames(text), ...PROMETHEUS.metrics])
}, 240_000)
afterAll(async () => {
  await product.close()
  vendors.close()
})

describe('what dashboards and alerts ask for', () => {
  it.each(queries)('$where', ({ expr, shown }) => {
    const { selectors, grouping } = readQuery(expr)
    expect(selectors.length).toBeGreaterThan(0)
    for (const { metric, matchers } of selectors) {
      const labels = metrics.get(metric)
      expect(labels, `${metric} is in no scrape`).toBeDefined()
      for (const label of [...matchers.map((matcher) => matcher.label), ...grouping])
        expect([...PROMETHEUS.labels, ...(labels ?? [])], `${metric} has no label ${label}`).toContain(label)
    }
    // What a text shows has to be left after the grouping.
    const known = new Set([
      ...PROMETHEUS.labels,
      ...selectors.flatMap(({ metric }) => [...(metrics.get(metric) ?? [])]),
    ])
    const left = grouping.length > 0 ? new Set(grouping) : known
    expect(shown.filter((label) => !left.has(label))).toEqual([])
  })

  it('names operations that there are', () => {
    const known = [auth, billing, notifications, users].flatMap(({ name, operations }) =>
      Object.keys(operations).map((operation) => `${name}.${operation}`),
    )
    const asked = queries.flatMap(({ expr }) =>
      readQuery(expr).selectors.flatMap(({ matchers }) =>
        matchers.filter(({ label, operator }) => label === 'operation' && operator === '=').map(({ value }) => value),
      ),
    )
    expect(asked.length).toBeGreaterThan(0)
    expect(asked.filter((operation) => !known.includes(operation))).toEqual([])
  })

  it('would be missed: a metric, a label or a word that there is not is found', () => {
    expect(() => readQuery('sum by (x (rate(y[5m]))')).toThrow('cannot be read')
    const { selectors, grouping } = readQuery('sum by (oops) (rate(lightpress_gone_total{a="b"}[5m])) > 1')
    expect(selectors).toEqual([
      { metric: 'lightpress_gone_total', matchers: [{ label: 'a', operator: '=', value: 'b' }] },
    ])
    expect(grouping).toEqual(['oops'])
    expect(metrics.has('lightpress_gone_total')).toBe(false)
  })

  it('is about everything that the product counts: no metric of ours is there for nobody', () => {
    const asked = new Set(queries.flatMap(({ expr }) => readQuery(expr).selectors.map(({ metric }) => metric)))
    const families = new Set([...asked].map((name) => name.replace(/_(bucket|sum|count)$/, '')))
    const ours = [...metrics.keys()].filter((name) => name.startsWith('lightpress_'))
    const unasked = ours.filter((name) => !families.has(name.replace(/_(bucket|sum|count)$/, '')))
    expect(unasked).toEqual([])
  })
})

describe('a request', () => {
  it('is in the log under the id of its trace', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    await fetch(`${product.url}/v1/billing/plans`, { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } })
    const line = await until(
      () =>
        product.lines
          .map((text) => JSON.parse(text) as Record<string, unknown>)
          .find((each) => each.traceId === traceId),
      (found) => found !== undefined,
    )
    expect(line).toMatchObject({ msg: 'request', route: '/v1/billing/plans', status: 200 })
  })
})

/** Names are declared by `# TYPE` lines, labels are of samples: Prometheus' text format. */
function readNames(text: string): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>()
  for (const line of text.split('\n')) {
    const [, declared = '', type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? []
    if (declared !== '')
      for (const suffix of type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''])
        names.set(`${declared}${suffix}`, names.get(`${declared}${suffix}`) ?? new Set())
    const [, name = '', labels = ''] = /^([a-zA-Z_:][\w:]*)\{(.*)\} /.exec(line) ?? []
    for (const [, label = ''] of labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) names.get(name)?.add(label)
  }
  return names
}
