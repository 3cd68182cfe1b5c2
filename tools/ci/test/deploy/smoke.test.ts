import { catalogue, prefixesOf } from 'infra'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAccount, type Account } from './account.ts'
import { createProduct, json, page } from './product.ts'

let account: Account
let product: Awaited<ReturnType<typeof createProduct>>
beforeEach(async () => {
  product = await createProduct()
  account = createAccount('staging')
})
afterEach(async () => {
  account.remove()
  await product.close()
})

const billing = `${prefixesOf(catalogue.find(({ module }) => module === 'billing')!)[0]}/`
const smoke = (...more: string[]) => account.run('smoke', '--url', product.url, ...more)

describe('a smoke test', () => {
  it('is content with a product that answers', async () => {
    const { code, output } = await smoke()
    expect(output).toContain('answers as it should.')
    expect(code).toBe(0)
    expect(product.asked.every(({ test }) => !test)).toBe(true)
    for (const path of ['/.well-known/jwks.json', '/v1/billing/plans', '/v1/users/me', '/'])
      expect(product.asked.map((asked) => asked.path)).toContain(path)
  })

  it('asks the version that is tested when told so', async () => {
    expect((await smoke('--test')).code).toBe(0)
    expect(product.asked.every(({ test }) => test)).toBe(true)
  })

  it.each([
    ['/.well-known/jwks.json', 200, { keys: [] }, 'the keys that tokens are signed with', 'it has no keys'],
    ['/v1/billing/plans', 503, {}, 'the plans', 'status 503 instead of 200'],
    [billing, 502, {}, 'readiness of billing', 'status 502'],
    [billing, 404, { reason: 'gateway.not_found' }, 'readiness of billing', 'no service is behind this path'],
    ['/', 200, {}, "the web's page", 'answers application/json instead of text/html'],
  ])('is not content with %s answering %s', async (path, status, body, what, problem) => {
    product.breaks((asked) => (asked.path === path ? (response) => json(response, status, body) : undefined))
    const { code, output } = await smoke()
    expect(output).toContain(`  ${what} (${path}): ${problem}`)
    expect(code).toBe(1)
  })

  it('does not take the page of the web for a service', async () => {
    product.breaks((asked) => (asked.path.startsWith('/v1/') ? page : undefined))
    const { code, output } = await smoke()
    expect(output).toContain('readiness of users')
    expect(output).toContain('answers text/html; charset=utf-8 instead of json')
    expect(code).toBe(1)
  })

  it('names everything that is wrong where nobody answers', async () => {
    await product.close()
    const { code, output } = await smoke()
    expect(output.match(/fetch failed/g)?.length).toBeGreaterThan(7)
    expect(code).toBe(1)
  })

  it('needs an address', async () => {
    const { code, output } = await account.run('smoke')
    expect(output).toContain('--url is missing (https://app.example.com)')
    expect(code).toBe(1)
  })
})
