import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Plan } from '../../src/deploy/plan.ts'
import { commitOf, createAccount, digestOf, hashOf, planOf, type Account } from './account.ts'

let account: Account
afterEach(() => account.remove())

const deployed = (plan: Plan): Plan => ({
  ...plan,
  deploy: plan.deploy.map((each) => ({
    ...each,
    taskDefinition: 'arn:…:users-http:3',
    worker: 'arn:…:users-worker:3',
  })),
})

describe('the record of an environment', () => {
  const record = (...more: string[]) =>
    account.run('record', '--environment', 'staging', '--plan', account.plan, ...more)
  const written = () => account.calls().filter((call) => call.startsWith('aws ssm put-parameter'))

  beforeEach(() => {
    account = createAccount('staging')
    account.writePlan(deployed(planOf('staging', 'users')))
  })

  it('says what runs now, and of the rest what it said before', async () => {
    expect(await record()).toMatchObject({ code: 0 })
    const { commit, services, web } = account.parameter('/lightpress/staging/deployed')!
    expect(commit).toBe(commitOf('new'))
    expect(services.users).toEqual({
      digest: digestOf('users new'),
      hash: hashOf('users new'),
      taskDefinition: 'arn:…:users-http:3',
      worker: 'arn:…:users-worker:3',
    })
    expect(services.billing).toMatchObject({ digest: digestOf('billing old') })
    expect(web).toEqual({ commit: commitOf('old'), hash: hashOf('web old') })
  })

  it('says which web runs', async () => {
    account.writePlan({ ...deployed(planOf('staging')), web: true, webHash: hashOf('web new') })
    await record()
    const { web } = account.parameter('/lightpress/staging/deployed')!
    expect(web).toEqual({ commit: commitOf('new'), hash: hashOf('web new') })
  })

  it('is not written for what was not deployed', async () => {
    account.writePlan(planOf('staging', 'users'))
    const services = await record()
    expect(services.output).toContain('By the plan not deployed yet: users.')
    account.writePlan({ ...planOf('staging'), web: true })
    const web = await record()
    expect(web.output).toContain('By the plan the web is not deployed yet.')
    expect([services.code, web.code, written().length]).toEqual([1, 1, 0])
  })

  it('is not written over what a later run has brought, or a rollback taken back', async () => {
    for (const over of [commitOf('older'), null]) {
      account.writePlan({ ...deployed(planOf('staging', 'users')), over })
      const { code, output } = await record()
      expect(output).toContain(`and now ${commitOf('old')} runs: begin again with a new plan`)
      expect([code, written().length]).toEqual([1, 0])
    }
  })

  it('is green when the run said so, and not when something else runs by then', async () => {
    const early = await record('--green')
    expect(early.output).toContain(`What was tried is ${commitOf('new')}; staging now runs ${commitOf('old')}`)
    expect([early.code, written().length]).toEqual([1, 0])
    await record()
    expect((await record('--green')).code).toBe(0)
    expect(account.parameter('/lightpress/staging/green')).toEqual(account.parameter('/lightpress/staging/deployed'))
  })

  it.each([
    ['aws ssm get-parameter', 0],
    ['aws ssm put-parameter', 1],
  ])('fails with `%s`', async (call, puts) => {
    account.fail({ call, says: 'An error occurred (AccessDeniedException) when calling it: not you.' })
    const { code, output } = await record()
    expect(output).toContain('not you.')
    expect(code).toBe(1)
    expect(written()).toHaveLength(puts)
    expect(account.parameter('/lightpress/staging/deployed')).toMatchObject({ commit: commitOf('old') })
  })

  it('is not green in production by its own word', async () => {
    account.writePlan(planOf('production'))
    const { code, output } = await account.run(
      'record',
      ...['--environment', 'production', '--plan', account.plan, '--green'],
    )
    expect(output).toContain('Only staging is tried before it is promoted')
    expect(code).toBe(1)
  })
})

describe('a promotion to production', () => {
  const promote = (...more: string[]) => account.run('promote', '--out', account.plan, ...more)
  const green = (change: (record: Record<string, unknown>) => unknown = (record) => record) =>
    account.change((world) => {
      const record = JSON.parse(world.parameters['/lightpress/production/deployed']!) as {
        services: Record<string, unknown>
      }
      const running = { taskDefinition: 'arn:…:3', worker: 'arn:…:3' }
      for (const { module, repository } of account.target.services) {
        world.images[repository] = { [`sha-${commitOf('new')}`]: digestOf(`${module} new`) }
        if (module === 'users' || module === 'notifications')
          record.services[module] = { ...running, digest: digestOf(`${module} new`), hash: hashOf(`${module} new`) }
      }
      world.parameters['/lightpress/staging/green'] = JSON.stringify(
        change({ ...record, commit: commitOf('new'), web: { commit: commitOf('new'), hash: hashOf('web new') } }),
      )
    })

  beforeEach(() => {
    account = createAccount('production')
  })

  it('takes exactly the digests that staging was green with, of what is other than in production', async () => {
    green()
    const { code, output } = await promote()
    expect(output).toContain(`users ${digestOf('users new')}`)
    expect(code).toBe(0)
    expect(account.readPlan()).toMatchObject({
      environment: 'production',
      commit: commitOf('new'),
      base: commitOf('old'),
      build: [],
      web: true,
      webHash: hashOf('web new'),
    })
    expect(
      account
        .readPlan()
        .deploy.map(({ module, digest }) => [module, digest])
        .sort(),
    ).toEqual([
      ['notifications', digestOf('notifications new')],
      ['users', digestOf('users new')],
    ])
  })

  it('takes the same bundle as well that was tested on another base', async () => {
    green((record) => {
      const { billing } = record.services as Record<string, object>
      Object.assign(billing!, { digest: digestOf('billing new') })
      return record
    })
    expect((await promote()).code).toBe(0)
    const brought = account.readPlan().deploy.find(({ module }) => module === 'billing')
    expect(brought).toEqual({ module: 'billing', hash: hashOf('billing old'), digest: digestOf('billing new') })
  })

  it('asks the account that tested, where that is another one', async () => {
    green()
    await promote('--staging-profile', 'staging')
    const asked = account.calls().filter((call) => call.includes('--profile staging'))
    // Of images production asks by its own right: that profile has no other.
    expect(asked).toEqual(['aws ssm get-parameter --name /lightpress/staging/green --profile staging --output json'])
    expect(account.calls().filter((call) => call.startsWith('aws ecr describe-images'))).toHaveLength(2)
  })

  it('is refused when an image has gone in the meantime', async () => {
    green()
    account.change((world) => (world.images[account.target.services[1]!.repository] = {}))
    const { code, output } = await promote()
    expect(output).toContain(`The image of users that staging tested, ${digestOf('users new')}, is no longer`)
    expect(code).toBe(1)
  })

  it('is refused when nothing is green', async () => {
    const { code, output } = await promote()
    expect(output).toContain('Nothing was found good in staging yet')
    expect(code).toBe(1)
  })

  it('is refused for a commit that is not the green one', async () => {
    green()
    const { code, output } = await promote('--commit', commitOf('another'))
    expect(output).toContain(
      `${commitOf('another')} has no green run in staging; the last one is of ${commitOf('new')}`,
    )
    expect(code).toBe(1)
  })

  it('is refused from a checkout of another commit, whose contracts and web would be others', async () => {
    green()
    account.change((world) => (world.history.head = commitOf('newer')))
    const { code, output } = await promote()
    expect(output).toContain(`Green in staging is ${commitOf('new')}, and this is ${commitOf('newer')}`)
    expect(code).toBe(1)
  })

  it('is refused when the record is not one', async () => {
    green((record) => ({ ...record, services: { users: { digest: 'latest' } } }))
    const { code, output } = await promote()
    expect(output).toMatch(/\/lightpress\/staging\/green does not hold what it should:\n.*services\.users\.digest/)
    expect(code).toBe(1)
  })

  it('fails with AWS', async () => {
    green()
    account.fail({ call: 'aws ssm get-parameter', says: 'An error occurred (AccessDeniedException): not you.' })
    const { code, output } = await promote()
    expect(output).toContain('not you.')
    expect(code).toBe(1)
  })
})
