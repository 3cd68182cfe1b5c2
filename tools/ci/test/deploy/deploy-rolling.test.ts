import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commitOf, createAccount, digestOf, hashOf, planOf, type Account } from './account.ts'

let account: Account
beforeEach(() => {
  account = createAccount('staging')
  account.writePlan(planOf('staging', 'users', 'billing'))
})
afterEach(() => account.remove())

const deploy = (...more: string[]) => account.run('deploy', '--environment', 'staging', '--plan', account.plan, ...more)
const updated = () =>
  account
    .calls()
    .filter((call) => call.startsWith('aws ecs update-service'))
    .map((call) => /--service (\S+) --task-definition \S+\/(\S+)/.exec(call)?.slice(1).join(' '))

describe('a deployment to staging', () => {
  it("brings each service's worker and then the service, in the order of the plan", async () => {
    const { code, output } = await deploy()
    expect(output).toContain('users: deployed')
    expect(code).toBe(0)
    expect(updated()).toEqual([
      'users-worker users-worker:3',
      'users-http users-http:3',
      'billing-worker billing-worker:3',
      'billing-http billing-http:3',
    ])
    expect(account.calls().filter((call) => call.includes('stop-service-deployment'))).toEqual([])
  })

  it('takes the newest shape that Pulumi made, changes its image alone, and says what it is of', async () => {
    account.change((world) => {
      const [first] = world.families['users-http']!
      const arn = first!.arn.replace(/:1$/, ':3')
      world.families['users-http']!.push({ arn, tags: [], shape: { ...first!.shape, memory: '2048' } })
    })
    expect((await deploy('--service', 'users')).code).toBe(0)
    const made = account.world().families['users-http']!.at(-1)!
    expect(made.shape).toMatchObject({ memory: '2048', requiresCompatibilities: ['FARGATE'] })
    expect(made.shape.containerDefinitions.map(({ image }) => image)).toEqual([
      `${account.target.services[1]!.repository}@${digestOf('users new')}`,
      'public.ecr.aws/collector:1',
    ])
    expect(Object.fromEntries(made.tags.map(({ key, value }) => [key, value]))).toEqual({
      'lightpress:template': expect.stringMatching(/users-http:3$/),
      'lightpress:commit': commitOf('new'),
      'lightpress:hash': hashOf('users new'),
    })
    expect(updated()).toEqual(['users-worker users-worker:3', 'users-http users-http:4'])
  })

  it('writes into the plan what runs now, for the record', async () => {
    await deploy()
    expect(account.readPlan().deploy[0]).toMatchObject({
      module: 'users',
      taskDefinition: expect.stringMatching(/users-http:3$/),
      worker: expect.stringMatching(/users-worker:3$/),
    })
  })

  it('starts tasks where none run, and leaves their number alone where some do', async () => {
    account.change((world) => (world.services['users-http']!.desiredCount = 0))
    await deploy('--service', 'users')
    const counts = account.calls().filter((call) => call.includes('--desired-count'))
    expect(counts).toEqual([expect.stringMatching(/--service users-http .*--desired-count 3/)])
  })

  it('brings a service once more when Pulumi changed its shape and nothing else changed', async () => {
    account.writePlan(planOf('staging'))
    account.change((world) => {
      const [first] = world.families['auth-worker']!
      world.families['auth-worker']!.push({ ...first!, arn: first!.arn.replace(/:1$/, ':3') })
    })
    const { code, output } = await deploy()
    expect(output).toContain('auth: its image stays, in the shape that Pulumi gave it since')
    expect(code).toBe(0)
    expect(updated()).toEqual(['auth-worker auth-worker:4', 'auth-http auth-http:3'])
    const { image } = account.world().families['auth-http']!.at(-1)!.shape.containerDefinitions[0]!
    expect(image).toContain(digestOf('auth old'))
  })

  it('does nothing when there is nothing to do', async () => {
    account.writePlan(planOf('staging'))
    const { code, output } = await deploy()
    expect(output).toContain('No service gets another version.')
    expect(code).toBe(0)
    expect(updated()).toEqual([])
  })
})

describe('a deployment to staging fails, says why, and brings nothing further', () => {
  it('when ECS gives up on the new tasks: the worker goes back as well', async () => {
    account.change((world) => (world.courses['users-http'] = { failsAt: 'SCALE_UP' }))
    const { code, output } = await deploy()
    expect(output).toContain('ECS takes it back: ECS deployment circuit breaker')
    expect(output).toContain('Its worker runs again what it ran before.')
    expect(code).toBe(1)
    expect(updated()).toEqual(['users-worker users-worker:3', 'users-http users-http:3', 'users-worker users-worker:2'])
    expect(account.readPlan().deploy[0]).not.toHaveProperty('taskDefinition')
  })

  it('when it takes too long: it is rolled back', async () => {
    account.change((world) => (world.courses['users-worker'] = { hangsAt: 'SCALE_UP' }))
    const { code, output } = await deploy('--time-limit', '0.02')
    expect(output).toContain('The deployment of users-worker did not end (after 0.02 min)')
    expect(output).toContain('It was rolled back: what ran before runs.')
    expect(code).toBe(1)
    expect(updated()).toEqual(['users-worker users-worker:3'])
  })

  it('when an alarm rings: before, so that nothing begins', async () => {
    account.change((world) => (world.alarms['users-errors'] = 'ALARM'))
    const { code, output } = await deploy()
    expect(output).toContain('The alarm users-errors rings: Threshold Crossed')
    expect(code).toBe(1)
    expect(updated()).toEqual([])
  })

  it('when an alarm rings: meanwhile, so that it is rolled back', async () => {
    account.change((world) => (world.courses['users-worker'] = { rings: { alarm: 'users-errors', at: 'SCALE_UP' } }))
    const { code, output } = await deploy()
    expect(output).toContain('The alarm users-errors rings')
    expect(output).toContain('It was rolled back')
    expect(code).toBe(1)
    expect(updated()).toEqual(['users-worker users-worker:3'])
  })

  it('when an alarm is not there, since nobody would hear it', async () => {
    account.change((world) => delete world.alarms['users-errors'])
    const { code, output } = await deploy()
    expect(output).toContain('There are no alarms users-errors')
    expect(code).toBe(1)
    expect(updated()).toEqual([])
  })

  it('when somebody else is deploying it', async () => {
    account.change((world) => (world.deployments.find(({ service }) => service === 'users-http')!.status = 'PENDING'))
    const { code, output } = await deploy()
    expect(output).toMatch(/users-http is being deployed already \(arn.*rollback\.ts --mode in-flight/)
    expect(code).toBe(1)
    expect(updated()).toEqual([])
  })

  it('when the rollback fails as well, which is said', async () => {
    account.change((world) => (world.courses['users-worker'] = { failsAt: 'SCALE_UP', stuck: true }))
    const { code, output } = await deploy()
    expect(output).toContain('It ended as ROLLBACK_FAILED')
    expect(code).toBe(1)
  })

  it.each([
    ['aws ecs describe-service-deployments', 1],
    ['aws ecs list-service-deployments', 0],
    ['aws ecs describe-service-revisions', 1],
    ['aws ecs update-service', 0],
    ['aws ecs describe-services', 0],
    ['aws ecs register-task-definition', 0],
    ['aws ecs describe-task-definition', 0],
    ['aws cloudwatch describe-alarms', 0],
    ['aws ssm get-parameter', 0],
    ['aws sts get-caller-identity', 0],
  ])('when `%s` does', async (call, begun) => {
    account.fail({ call, says: 'An error occurred (AccessDeniedException) when calling it: not you.' })
    const { code, output } = await deploy()
    expect(output).toContain(`${call} `)
    expect(output).toContain('not you.')
    expect(code).toBe(1)
    expect(account.world().deployments.filter(({ createdAt }) => createdAt > 1.7e9)).toHaveLength(begun)
    expect(account.readPlan().deploy[0]).not.toHaveProperty('taskDefinition')
  })

  it('when the credentials are of another account', async () => {
    account.change((world) => (world.account = '999999999999'))
    const { code, output } = await deploy()
    expect(output).toContain('staging is in the account 123456789012; these credentials are of 999999999999.')
    expect(code).toBe(1)
    expect(updated()).toEqual([])
  })

  it('when something else was brought since the plan was made', async () => {
    account.writePlan({ ...planOf('staging', 'users'), over: commitOf('older') })
    const { code, output } = await deploy()
    expect(output).toContain(`was made over ${commitOf('older')}, and now ${commitOf('old')} runs`)
    expect(code).toBe(1)
    expect(updated()).toEqual([])
  })

  it('when the plan is for another environment', async () => {
    account.writePlan(planOf('production', 'users'))
    const { code, output } = await deploy()
    expect(output).toContain('is a plan for production, not for staging')
    expect(code).toBe(1)
    expect(updated()).toEqual([])
  })
})

describe('AWS', () => {
  it('is asked for every page of what it lists', async () => {
    account.change((world) => (world.page = 1))
    expect((await deploy('--service', 'users')).code).toBe(0)
    expect(account.calls().some((call) => call.includes('--next-token 1'))).toBe(true)
    expect(updated()).toHaveLength(2)
  })

  it('is asked again when it asks for patience, and for nothing else', async () => {
    const throttled = 'An error occurred (ThrottlingException) when calling the UpdateService operation: Rate exceeded'
    account.fail({ call: 'aws ecs update-service', says: throttled, times: 2 })
    expect((await deploy('--service', 'users')).code).toBe(0)
    expect(updated()).toHaveLength(4)
  })

  it('is given up on when it asks for patience for ever', async () => {
    account.fail({ call: 'aws ecs update-service', says: 'An error occurred (TooManyRequestsException): later' })
    const { code, output } = await deploy('--service', 'users')
    expect(output).toContain('TooManyRequestsException')
    expect(code).toBe(1)
    expect(updated()).toHaveLength(6)
  })
})
