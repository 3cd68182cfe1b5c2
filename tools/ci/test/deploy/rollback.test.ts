import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { canaryConfiguration, commitOf, createAccount, digestOf, hashOf, planOf, type Account } from './account.ts'
import { createProduct, json } from './product.ts'

// Each command is a process, on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 })

let account: Account
let product: Awaited<ReturnType<typeof createProduct>>
beforeEach(async () => {
  product = await createProduct()
  account = createAccount('production', product.url)
  account.writePlan(planOf('production', 'users'))
})
afterEach(async () => {
  account.remove()
  await product.close()
})

const rollback = (mode: string, ...more: string[]) =>
  account.run('rollback', '--environment', 'production', '--mode', mode, ...more)
const deploy = () => account.run('deploy', '--environment', 'production', '--plan', account.plan)
const release = async () => {
  expect((await deploy()).code).toBe(0)
  expect((await account.run('record', '--environment', 'production', '--plan', account.plan)).code).toBe(0)
}
const runs = (service: string) => account.world().services[service]!.taskDefinition.split(':').at(-1)
const published = () => account.world().published
const noTopic = { call: 'aws sns publish', says: 'An error occurred (NotFound) when calling it: no topic.' }
/** As if the process that watches a deployment had died in this stage, and left it to itself. */
const abandonAt = async (stage: string) => {
  account.change((world) => (world.courses['users-http'] = { hangsAt: stage }))
  const { child, ended } = account.start('deploy', '--environment', 'production', '--plan', account.plan)
  await expect
    .poll(
      () =>
        account
          .world()
          .deployments.some(({ steps, at, status }) => status === 'IN_PROGRESS' && steps[at]?.stage === stage),
      { timeout: 120_000 },
    )
    .toBe(true)
  child.kill('SIGKILL')
  await ended
}

describe('a rollback in flight', () => {
  it('ends what is being deployed, and brings the worker back to the same image', async () => {
    await abandonAt('PRODUCTION_TRAFFIC_SHIFT')
    expect([runs('users-worker'), runs('users-http')]).toEqual(['3', '3'])
    const { code, output } = await rollback('in-flight')
    expect(output).toContain('users-http: It was rolled back: what ran before runs.')
    expect(code).toBe(0)
    expect([runs('users-worker'), runs('users-http')]).toEqual(['2', '2'])
    expect(published()).toEqual([
      expect.stringMatching(/^Rollback \(in-flight\) of all services in production: done\n/),
    ])
  })

  it('brings the worker back while `http` is on its way: who waits for that may be cut off', async () => {
    await abandonAt('PRODUCTION_TRAFFIC_SHIFT')
    account.change((world) => (world.courses['users-http'] = { lingers: true }))
    const { child, ended } = account.start('rollback', '--environment', 'production', '--mode', 'in-flight')
    await expect.poll(() => runs('users-worker'), { timeout: 120_000 }).toBe('2')
    const http = account.world().deployments.filter(({ service }) => service === 'users-http')
    expect(http.at(-1)?.status).toMatch(/^ROLLBACK_/)
    child.kill('SIGKILL')
    await ended
  })

  it('leaves the worker beside an `http` that cannot be stopped', async () => {
    await abandonAt('PRODUCTION_TRAFFIC_SHIFT')
    account.fail({ call: 'aws ecs stop-service-deployment', says: 'An error occurred (AccessDenied): not you.' })
    const { code, output } = await rollback('in-flight')
    expect(output).toContain('not you.')
    expect(code).toBe(1)
    expect([runs('users-worker'), runs('users-http')]).toEqual(['3', '3'])
  })

  it('is refused when nothing is under way, and tells so', async () => {
    const { code, output } = await rollback('in-flight', '--service', 'users')
    expect(output).toContain('No deployment is under way. What is complete is taken back by `--mode release`.')
    expect(code).toBe(1)
    expect(published()).toEqual([expect.stringMatching(/of users in production: FAILED\nNo deployment is under way/)])
  })
})

describe('a rollback while the old version stands by', () => {
  it('goes back', async () => {
    await abandonAt('BAKE_TIME')
    const { code, output } = await rollback('bake', '--service', 'users')
    expect(output).toContain('users-http: It was rolled back')
    expect(code).toBe(0)
    expect([runs('users-worker'), runs('users-http')]).toEqual(['2', '2'])
  })

  it('is refused at any other stage', async () => {
    await abandonAt('PRODUCTION_TRAFFIC_SHIFT')
    const { code, output } = await rollback('bake')
    expect(output).toMatch(/is at PRODUCTION_TRAFFIC_SHIFT, not at BAKE_TIME: use `--mode in-flight`/)
    expect(code).toBe(1)
    expect(runs('users-http')).toBe('3')
  })
})

describe('a rollback of a release', () => {
  it('brings the version before back at once, and gives the service its way of deploying back', async () => {
    await release()
    const before = account.calls().length
    const { code, output } = await rollback('release')
    expect(output).toContain(
      `users-http: runs ${account.world().families['users-http']![1]!.arn} of ${commitOf('old')} again.`,
    )
    expect(code).toBe(0)
    expect([runs('users-worker'), runs('users-http')]).toEqual(['2', '2'])
    const updates = account
      .calls()
      .slice(before)
      .filter((call) => call.startsWith('aws ecs update-service'))
    expect(updates[0]).toMatch(
      /--service users-http --task-definition \S+users-http:2 --deployment-configuration .*"strategy":"BLUE_GREEN".*"lifecycleHooks":\[\]/,
    )
    expect(account.world().services['users-http']!.configuration).toEqual(canaryConfiguration)
    expect(published()).toEqual([expect.stringContaining('Rollback (release) of all services in production: done')])
    // Nobody else's service moved.
    expect(runs('billing-http')).toBe('2')
    expect(updates.some((call) => call.includes('billing'))).toBe(false)
  })

  it('notes what runs then, so that the next plan compares everything', async () => {
    await release()
    await rollback('release', '--service', 'users')
    expect(account.parameter('/lightpress/production/deployed')).toMatchObject({
      commit: null,
      services: { users: { digest: digestOf('users old'), hash: hashOf('users old') } },
    })
  })

  it('does not go forth to what it came back from', async () => {
    await release()
    await rollback('release', '--service', 'users')
    const { code, output } = await rollback('release', '--service', 'users')
    expect(output).toMatch(/Before what users runs, no image was deployed there|ECS remembers nothing that ran/)
    expect(code).toBe(1)
    expect(runs('users-http')).toBe('2')
  })

  it('does not stop at what was taken back before', async () => {
    await release()
    await rollback('release')
    account.writePlan({ ...planOf('production', 'users'), over: null })
    await release()
    expect(runs('users-http')).toBe('4')
    expect((await rollback('release')).code).toBe(0)
    expect([runs('users-worker'), runs('users-http')]).toEqual(['2', '2'])
  })

  it('does not stop at the same once more, which was deployed for another secret', async () => {
    await release()
    account.writePlan({ ...planOf('production', 'users'), over: commitOf('new') })
    await release()
    expect(runs('users-http')).toBe('4')
    expect((await rollback('release')).code).toBe(0)
    expect([runs('users-worker'), runs('users-http')]).toEqual(['2', '2'])
  })

  it('takes the others back where a new module has nothing to go back to, and names it', async () => {
    account.empty('users')
    account.writePlan(planOf('production', 'users', 'billing', 'auth'))
    await release()
    const { code, output } = await rollback('release')
    expect(output).toContain('users: Before what users runs, no image was deployed there.')
    expect(code).toBe(1)
    expect([runs('billing-worker'), runs('billing-http'), runs('auth-worker'), runs('auth-http')]).toEqual(
      Array.from({ length: 4 }, () => '2'),
    )
    expect(runs('users-http')).toBe('2')
    expect(published()).toEqual([expect.stringMatching(/FAILED[^]*users: Before[^]*-http: runs \S+ of \w+ again/)])
  })

  it('is noted also where the worker does not come back', async () => {
    await release()
    account.change((world) => (world.courses['users-worker'] = { failsAt: 'SCALE_UP' }))
    const { code, output } = await rollback('release')
    expect(output).toContain('users-http: runs')
    expect(output).toContain('The deployment of users-worker failed')
    expect(code).toBe(1)
    expect(account.parameter('/lightpress/production/deployed')).toMatchObject({
      commit: null,
      services: { users: { digest: digestOf('users old'), hash: hashOf('users old') } },
    })
  })

  it('is not written over by the run whose release it took back', async () => {
    const deployed = { ...account.parameter('/lightpress/production/deployed'), commit: null, release: null }
    account.change(({ parameters }) => (parameters['/lightpress/production/deployed'] = JSON.stringify(deployed)))
    account.writePlan({ ...planOf('production', 'users'), over: null })
    expect((await deploy()).code).toBe(0)
    expect((await rollback('release')).code).toBe(0)
    const { code, output } = await account.run('record', '--environment', 'production', '--plan', account.plan)
    expect(output).toContain('now what a rollback left runs: begin again with a new plan')
    expect(code).toBe(1)
  })

  it('gives the way of deploying back also when it fails', async () => {
    await release()
    account.change((world) => (world.courses['users-http'] = { failsAt: 'SCALE_UP' }))
    const { code, output } = await rollback('release')
    expect(output).toContain('ECS takes it back: ECS deployment circuit breaker')
    expect(code).toBe(1)
    expect(account.world().services['users-http']!.configuration).toEqual(canaryConfiguration)
    expect(published()).toEqual([expect.stringContaining('FAILED')])
    expect(account.parameter('/lightpress/production/deployed')).toMatchObject({ commit: commitOf('new') })
  })

  it('takes back what came through of a release that failed half-way', async () => {
    account.writePlan(planOf('production', 'users', 'billing'))
    account.change((world) => (world.courses['billing-http'] = { failsAt: 'SCALE_UP' }))
    expect((await deploy()).code).toBe(1)
    expect([runs('users-http'), runs('billing-http')]).toEqual(['3', '2'])
    const { code, output } = await rollback('release')
    expect(output).toContain('users-http: runs')
    expect(output).not.toContain('billing-http: runs')
    expect(code).toBe(0)
    expect([runs('users-worker'), runs('users-http')]).toEqual(['2', '2'])
  })

  it('is refused while something is being deployed', async () => {
    await abandonAt('PRODUCTION_TRAFFIC_SHIFT')
    const { code, output } = await rollback('release', '--service', 'users')
    expect(output).toContain('users-http is being deployed: end that by `--mode in-flight` first.')
    expect(code).toBe(1)
    expect(runs('users-http')).toBe('3')
  })

  it.each(['aws ecs describe-service-revisions', 'aws ecs list-service-deployments', 'aws ecs update-service'])(
    'fails with `%s`, and tells so',
    async (call) => {
      await release()
      account.fail({ call, says: 'An error occurred (AccessDeniedException) when calling it: not you.' })
      const { code, output } = await rollback('release')
      expect(output).toContain('not you.')
      expect(code).toBe(1)
      expect(runs('users-http')).toBe('3')
      expect(published()).toEqual([expect.stringMatching(/FAILED[^]*not you/)])
    },
  )

  it('fails when nobody can be told, and has gone back', async () => {
    await release()
    account.fail(noTopic)
    const { code, output } = await rollback('release')
    expect(output).toContain('Rollback (release) of all services in production: done')
    expect(output).toMatch(/The alert topic could not be told: [^]*no topic\./)
    expect(output).not.toContain('FAILED')
    expect(code).toBe(1)
    expect(runs('users-http')).toBe('2')
  })

  it('says what went wrong also when nobody can be told of it', async () => {
    await release()
    account.fail(noTopic, { call: 'aws ecs update-service', says: 'An error occurred (AccessDenied): not you.' })
    const { code, output } = await rollback('release')
    // It is thrown, and not just what the topic would have been told.
    expect(output).toMatch(/FAILED[^]*not you\.[^]*not you\.\nThe alert topic could not be told: [^]*no topic\./)
    expect(code).toBe(1)
  })
})

describe('a release that does not answer as it should when all is over', () => {
  const smoke = () => account.run('smoke', '--url', product.url, '--else-roll-back', account.plan)
  const plansFail = (when: () => boolean) =>
    product.breaks(({ path }) =>
      path === '/v1/billing/plans' && when() ? (response) => json(response, 500, {}) : undefined,
    )

  it('goes back by itself, which is told and is no success', async () => {
    await release()
    plansFail(() => runs('users-http') === '3')
    const { code, output } = await smoke()
    expect(output).toContain('the plans (/v1/billing/plans): status 500 instead of 200')
    expect(output).toContain('The release was rolled back, and what ran before answers as it should.')
    expect(code).toBe(1)
    expect([runs('users-worker'), runs('users-http')]).toEqual(['2', '2'])
    expect(published()).toEqual([expect.stringContaining('Rollback (release) of all services in production: done')])
  })

  it('is said to have gone back also where nobody could be told of that', async () => {
    await release()
    account.fail(noTopic)
    plansFail(() => runs('users-http') === '3')
    const { code, output } = await smoke()
    expect(output).toMatch(/The release was rolled back, and .* as it should\.\nThe alert topic could not be told: /)
    expect(output).not.toContain('could not be mended')
    expect(code).toBe(1)
  })

  it('says so when going back does not help', async () => {
    await release()
    plansFail(() => true)
    const { code, output } = await smoke()
    expect(output).toContain('And that could not be mended: ')
    expect(code).toBe(1)
    expect(runs('users-http')).toBe('2')
  })

  it('stays where the plan brought no service, whatever is wrong', async () => {
    await release()
    account.writePlan(planOf('production'))
    plansFail(() => true)
    const { code, output } = await smoke()
    expect(output).toContain('Nothing was rolled back: by the plan no service got another version.')
    expect(code).toBe(1)
    expect(runs('users-http')).toBe('3')
    expect(published()).toEqual([])
  })

  it('stays where that was one bad moment', async () => {
    await release()
    let asked = 0
    plansFail(() => asked++ === 0)
    const { code, output } = await smoke()
    expect(output).toContain('Asked again, because the answer was')
    expect(code).toBe(0)
    expect(runs('users-http')).toBe('3')
  })
})

it('a rollback names what it needs', async () => {
  const { code, output } = await account.run('rollback')
  expect(output).toMatch(/--environment is missing[^]*--mode is missing \(in-flight: /)
  expect(code).toBe(1)
})
