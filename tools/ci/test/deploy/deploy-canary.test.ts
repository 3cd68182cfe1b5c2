import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { commitOf, createAccount, digestOf, planOf, type Account } from './account.ts'
import { createProduct, json } from './product.ts'

// Each command is a process, on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 })

let account: Account
let product: Awaited<ReturnType<typeof createProduct>>
beforeEach(async () => {
  product = await createProduct()
  account = createAccount('production', product.url)
  account.writePlan(planOf('production', 'users', 'billing'))
})
afterEach(async () => {
  account.remove()
  await product.close()
})

const deploy = (...more: string[]) =>
  account.run('deploy', '--environment', 'production', '--plan', account.plan, ...more)
const callsOf = (operation: string) => account.calls().filter((call) => call.startsWith(`aws ecs ${operation}`))
const runs = (service: string) => account.world().services[service]!.taskDefinition.split(':').at(-1)

describe('a deployment to production', () => {
  it('waits for the test listener to be tried, tries the part of the traffic, and ends with all of it', async () => {
    const { code, output } = await deploy('--service', 'users')
    expect(output).toMatch(
      /users-http: IN_PROGRESS, POST_TEST_TRAFFIC_SHIFT, 0 % of the traffic[^]*PRODUCTION_TRAFFIC_SHIFT, 10 % of the traffic[^]*BAKE_TIME, 100 % of the traffic[^]*users: deployed/,
    )
    expect(code).toBe(0)
    const calls = account.calls()
    const continued = calls.findIndex((call) => call.startsWith('aws ecs continue-service-deployment'))
    expect(calls[continued]).toMatch(/--hook-id ecs-pause-\d+ --action CONTINUE/)
    expect(callsOf('continue-service-deployment')).toHaveLength(1)
    expect(product.asked[0]!.test).toBe(true)
    expect(product.asked.some(({ test }) => !test)).toBe(true)
    expect([runs('users-worker'), runs('users-http')]).toEqual(['3', '3'])
    // The alarms are looked at each time.
    expect(calls.filter((call) => call.startsWith('aws cloudwatch describe-alarms')).length).toBeGreaterThan(8)
  })
})

describe('a deployment to production is rolled back, and nothing follows', () => {
  const goesBack = async (why: RegExp | string, ...more: string[]) => {
    const { code, output } = await deploy(...more)
    expect(output).toMatch(why)
    expect(output).toContain('It was rolled back: what ran before runs.')
    expect(output).toContain('Its worker runs again what it ran before.')
    expect(code).toBe(1)
    expect([runs('users-worker'), runs('users-http')]).toEqual(['2', '2'])
    expect(runs('billing-worker')).toBe('2')
    expect(account.calls().some((call) => call.includes('billing-worker --task-definition'))).toBe(false)
    expect(callsOf('stop-service-deployment')).toEqual([expect.stringContaining('--stop-type ROLLBACK')])
  }

  it('when the new version answers wrongly at the test listener: it never gets traffic', async () => {
    product.breaks(({ path, test }) =>
      test && path === '/v1/billing/plans' ? (response) => json(response, 500, {}) : undefined,
    )
    await goesBack(/does not answer as it should:\n {2}the plans \(\/v1\/billing\/plans\): status 500 instead of 200/)
    expect(callsOf('continue-service-deployment')).toEqual([])
  })

  it('when a part of the traffic is answered wrongly', async () => {
    product.breaks(({ path, test }) =>
      !test && path === '/v1/users/me' ? (response) => json(response, 200, {}) : undefined,
    )
    await goesBack(/a profile without a session \(\/v1\/users\/me\): status 200 instead of 401/)
    expect(callsOf('continue-service-deployment')).toHaveLength(1)
  })

  it.each(['PRODUCTION_TRAFFIC_SHIFT', 'BAKE_TIME'])('when an alarm rings at %s', async (at) => {
    account.change((world) => (world.courses['users-http'] = { rings: { alarm: 'users-errors', at } }))
    await goesBack(/The alarm users-errors rings/)
  })

  it('when it takes too long', async () => {
    account.change((world) => (world.courses['users-http'] = { hangsAt: 'PRODUCTION_TRAFFIC_SHIFT' }))
    await goesBack(/did not end \(after 0.15 min\)/, '--time-limit', '0.15')
  })

  it.each([
    ['pause', 'It did not pause for the test listener to be tried.'],
    ['canary', 'No part of the traffic was moved before all of it was.'],
  ] as const)('when it goes on without the %s', async (what, why) => {
    account.change((world) => (world.courses['users-http'] = { without: [what] }))
    await goesBack(why)
  })

  it('when the pipeline is ended meanwhile', async () => {
    account.change((world) => (world.courses['users-http'] = { hangsAt: 'PRODUCTION_TRAFFIC_SHIFT' }))
    const { child, ended } = account.start('deploy', '--environment', 'production', '--plan', account.plan)
    await expect.poll(() => callsOf('continue-service-deployment').length, { timeout: 120_000 }).toBe(1)
    child.kill('SIGTERM')
    const { code, output } = await ended
    expect(output).toContain('It was told to stop by SIGTERM.')
    expect(output).toContain('It was rolled back: what ran before runs.')
    expect(code).toBe(1)
    expect(runs('users-http')).toBe('2')
  })

  it('when AWS refuses to go on', async () => {
    account.fail({
      call: 'aws ecs continue-service-deployment',
      says: 'An error occurred (AccessDeniedException) when calling it: not you.',
    })
    await goesBack(/continue-service-deployment[^]*not you/)
  })
})

describe('a deployment to production', () => {
  it('says so when it cannot even be rolled back', async () => {
    account.change((world) => (world.courses['users-worker'] = { hangsAt: 'SCALE_UP' }))
    account.fail({
      call: 'aws ecs stop-service-deployment',
      says: 'An error occurred (ConflictException) when calling it: it is too late.',
    })
    const { code, output } = await deploy('--time-limit', '0.02')
    expect(output).toMatch(/did not end[^]*And that could not be mended:[^]*it is too late/)
    expect(code).toBe(1)
  })

  it('does not begin where traffic would not move in steps', async () => {
    account.change((world) => (world.services['users-http']!.configuration = { strategy: 'BLUE_GREEN' }))
    const { code, output } = await deploy()
    expect(output).toContain('users-http is deployed by BLUE_GREEN instead of CANARY')
    expect(code).toBe(1)
    expect(callsOf('update-service')).toEqual([])
  })

  it('leaves what came through before the one that failed', async () => {
    account.change((world) => (world.courses['billing-http'] = { failsAt: 'SCALE_UP' }))
    expect((await deploy()).code).toBe(1)
    expect([runs('users-http'), runs('billing-http')]).toEqual(['3', '2'])
    const [users, billing] = account.readPlan().deploy
    expect(users).toHaveProperty('taskDefinition')
    expect(billing).not.toHaveProperty('taskDefinition')
    // What runs then is noted, and that it is no commit: the next plan compares everything.
    expect(account.parameter('/lightpress/production/deployed')).toMatchObject({
      commit: null,
      release: commitOf('new'),
      services: { users: { digest: digestOf('users new') }, billing: { digest: digestOf('billing old') } },
    })
  })
})
