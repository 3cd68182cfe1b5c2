import { catalogue, deployTargetName, prefixesOf } from 'infra'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { canaryConfiguration, createAccount, digestOf, modules, planOf, type Account } from './account.ts'
import { createProduct, json } from './product.ts'

// Each command is a process, on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 })

let account: Account
let product: Awaited<ReturnType<typeof createProduct>>
beforeEach(async () => {
  product = await createProduct()
  account = createAccount('production', product.url)
  // The load balancer's own answer where no task is.
  product.breaks(({ path }) => (isThere(path) ? undefined : (response) => json(response, 503, {})))
})
afterEach(async () => {
  account.remove()
  await product.close()
})

const deploy = () => account.run('deploy', '--environment', 'production', '--plan', account.plan)
const runs = (service: string) => {
  const { taskDefinition, desiredCount } = account.world().services[service]!
  return `${desiredCount} of ${taskDefinition.split(':').at(-1)}`
}
const deployed = () => account.parameter('/lightpress/production/deployed')
const askedFor = () => [...new Set(product.asked.map(({ path }) => path))]
const fixed: Record<string, string> = {
  '/.well-known/jwks.json': 'auth',
  '/v1/billing/plans': 'billing',
  '/v1/users/me': 'users',
}

function isThere(path: string): boolean {
  if (path === '/') return Boolean(deployed()?.web)
  const module =
    fixed[path] ?? catalogue.find((service) => prefixesOf(service).some((prefix) => path === `${prefix}/`))?.module
  return account.world().services[`${module}-http`]!.desiredCount > 0
}

function withoutWeb() {
  account.change(({ parameters }) => {
    parameters['/lightpress/production/deployed'] = JSON.stringify({ ...deployed(), web: null })
  })
}

describe('the first deployment to production', () => {
  beforeEach(() => {
    account.empty(...modules)
    account.change(({ parameters }) => Reflect.deleteProperty(parameters, '/lightpress/production/deployed'))
    account.writePlan({ ...planOf('production', ...modules), base: null, over: null })
  })

  it('starts every service at once, since there is nobody to take traffic from', async () => {
    expect(Object.keys(account.world().parameters)).toEqual([deployTargetName('production')])
    const { code, output } = await deploy()
    expect(output).not.toContain('does not answer')
    expect(code).toBe(0)
    for (const module of modules) {
      expect([runs(`${module}-worker`), runs(`${module}-http`)]).toEqual(['2 of 2', '3 of 2'])
      expect(deployed()!.services[module]).toMatchObject({ digest: digestOf(`${module} new`) })
      expect(account.world().services[`${module}-http`]!.configuration).toEqual(canaryConfiguration)
    }
    expect(product.asked).toEqual([])
  })

  it.each(['users-worker', 'users-http'])(
    'leaves nothing of a module of which %s does not start, and brings it when asked again',
    async (service) => {
      account.writePlan({ ...planOf('production', 'users'), base: null, over: null })
      account.change((world) => (world.courses[service] = { failsAt: 'SCALE_UP' }))
      const { code, output } = await deploy()
      expect(output).toContain('It was rolled back: nothing ran before, and nothing does now.')
      expect(code).toBe(1)
      expect([runs('users-worker'), runs('users-http')]).toEqual(['0 of 1', '0 of 1'])
      expect(account.world().services['users-http']!.configuration).toEqual(canaryConfiguration)
      expect(deployed()).toBeNull()

      account.change((world) => (world.courses = {}))
      expect((await deploy()).code).toBe(0)
      expect([runs('users-worker'), runs('users-http')]).toEqual([
        expect.stringMatching(/^2 of [34]$/),
        expect.stringMatching(/^3 of [34]$/),
      ])
    },
  )

  it('leaves nothing of what is taken back while it is brought', async () => {
    account.change((world) => (world.courses['auth-http'] = { hangsAt: 'SCALE_UP' }))
    account.writePlan({ ...planOf('production', 'auth'), base: null, over: null })
    const { child, ended } = account.start('deploy', '--environment', 'production', '--plan', account.plan)
    await expect.poll(() => runs('auth-http'), { timeout: 120_000 }).toBe('3 of 2')
    child.kill('SIGKILL')
    await ended
    const { code, output } = await account.run('rollback', '--environment', 'production', '--mode', 'in-flight')
    expect(output).toContain('auth-http: It was rolled back: nothing ran before, and nothing does now.')
    expect(output).toContain('auth-worker: has no task again.')
    expect(code).toBe(0)
    expect([runs('auth-worker'), runs('auth-http')]).toEqual(['0 of 1', '0 of 1'])
  })
})

describe('a deployment to production where not everything is there yet', () => {
  it('brings a new module beside the others: they are tried without it, and it without steps', async () => {
    account.empty('billing')
    account.writePlan(planOf('production', 'users', 'billing'))
    const { code, output } = await deploy()
    expect(output).toContain('users-http: IN_PROGRESS, PRODUCTION_TRAFFIC_SHIFT, 10 % of the traffic')
    expect(output).not.toContain('billing-http: IN_PROGRESS, PRODUCTION_TRAFFIC_SHIFT')
    expect(code).toBe(0)
    expect([runs('users-http'), runs('billing-worker'), runs('billing-http')]).toEqual(['3 of 3', '2 of 2', '3 of 2'])
    expect(askedFor()).toEqual(expect.arrayContaining(['/.well-known/jwks.json', '/v1/users/me', '/']))
    expect(askedFor()).not.toContain('/v1/billing/plans')
  })

  it('asks the module itself, and no web that nobody has put up', async () => {
    account.empty(...modules.filter((module) => module !== 'users'))
    withoutWeb()
    account.writePlan(planOf('production', 'users'))
    const { code, output } = await deploy()
    expect(output).toContain('users: deployed')
    expect(code).toBe(0)
  })
})
