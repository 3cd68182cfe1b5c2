import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commitOf, createAccount, digestOf, planOf, type Account } from './account.ts'

let account: Account
beforeEach(() => {
  account = createAccount('staging')
  account.writePlan(planOf('staging', 'users', 'billing'))
})
afterEach(() => account.remove())

const migrate = (...more: string[]) =>
  account.run('migrate-services', '--environment', 'staging', '--plan', account.plan, ...more)
const started = () => account.calls().filter((call) => call.startsWith('aws ecs run-task'))

describe('the migration before a deployment', () => {
  it('runs once in the new image of each service, in order, and shows its log', async () => {
    const { code, output } = await migrate()
    expect(output).toContain('users | the database is up to date')
    expect(output.indexOf('users: migrated')).toBeLessThan(output.indexOf('billing: migrating'))
    expect(code).toBe(0)
    const [template, old, made] = account.world().families['users-migrate']!
    expect(made!.shape).toEqual({
      ...template!.shape,
      containerDefinitions: [
        {
          ...template!.shape.containerDefinitions[0],
          image: `${account.target.services[1]!.repository}@${digestOf('users new')}`,
        },
        template!.shape.containerDefinitions[1],
      ],
    })
    expect(old!.arn).not.toBe(made!.arn)
    expect(started()).toHaveLength(2)
    expect(started()[0]).toContain(`--task-definition ${made!.arn}`)
    expect(started()[0]).toContain('"assignPublicIp":"DISABLED"')
  })

  it.each([
    ['ends with another exit code than 0', { exitCode: 1, log: ['relation "x" exists'] }, /exit code 1; Essential/],
    ['never ran', { exitCode: -1, reason: 'CannotPullContainerError: denied' }, /it never ran; CannotPull/],
    ['was not started', { reason: 'RESOURCE:CPU' }, /was not started: RESOURCE:CPU/],
  ])('stops everything when it %s, and says why', async (_, ending, why) => {
    account.change((world) => (world.endings['users-migrate'] = ending))
    const { code, output } = await migrate()
    expect(output).toMatch(why)
    if ('log' in ending) expect(output).toContain('users | relation "x" exists')
    expect(code).toBe(1)
    expect(started()).toHaveLength(1)
    expect(output).not.toContain('billing')
  })

  it('stops everything when it does not end, and ends it', async () => {
    account.change((world) => (world.endings['users-migrate'] = { hangs: true }))
    const { code, output } = await migrate('--time-limit', '0.01')
    expect(output).toMatch(/The migration of users did not end \(after 0.01 min\)/)
    expect(code).toBe(1)
    expect(account.calls().some((call) => call.startsWith('aws ecs stop-task'))).toBe(true)
    expect(started()).toHaveLength(1)
  })

  it('is stopped with the pipeline', async () => {
    account.change((world) => (world.endings['users-migrate'] = { hangs: true }))
    const { child, ended } = account.start('migrate-services', '--environment', 'staging', '--plan', account.plan)
    await expect.poll(() => account.calls().some((call) => call.startsWith('aws ecs describe-tasks'))).toBe(true)
    child.kill('SIGTERM')
    const { code, output } = await ended
    expect(output).toContain('It was told to stop by SIGTERM.')
    expect(code).toBe(1)
    expect(account.calls().some((call) => call.startsWith('aws ecs stop-task'))).toBe(true)
  })

  it.each([
    ['aws ssm get-parameter', 'the target cannot be read'],
    ['aws sts get-caller-identity', 'nobody knows in which account'],
    ['aws ecs list-task-definitions', 'the family cannot be read'],
    ['aws ecs describe-task-definition', 'the shape cannot be read'],
    ['aws ecs register-task-definition', 'it cannot be registered'],
    ['aws ecs run-task', 'it cannot be started'],
    ['aws ecs describe-tasks', 'it cannot be watched'],
  ])('stops at once when %s fails: %s', async (call) => {
    account.fail({ call, says: 'An error occurred (AccessDeniedException) when calling it: not you.' })
    const { code, output } = await migrate()
    expect(output).toContain(call)
    expect(output).toContain('not you.')
    expect(code).toBe(1)
    expect(started().length).toBeLessThanOrEqual(1)
    expect(output).not.toContain('users: migrated')
  })

  it('is told why the log is missing, and goes on without', async () => {
    account.fail({ call: 'aws logs get-log-events', says: 'An error occurred (AccessDeniedException): no logs.' })
    const { code, output } = await migrate()
    expect(output).toMatch(/The migration of users: its log could not be read:[^]*no logs/)
    expect(code).toBe(0)
  })

  it('does nothing by a plan that something else has overtaken', async () => {
    account.writePlan({ ...planOf('staging', 'users'), over: commitOf('older') })
    const { code, output } = await migrate()
    expect(output).toContain('begin again with a new plan')
    expect(code).toBe(1)
    expect(started()).toEqual([])
  })

  it('does nothing without an image, and nothing without a plan', async () => {
    const plan = planOf('staging', 'users')
    account.writePlan({ ...plan, deploy: plan.deploy.map(({ module, hash }) => ({ module, hash })) })
    expect((await migrate()).output).toContain('The plan has no image of users')
    expect(started()).toEqual([])
    const missing = await account.run('migrate-services')
    expect(missing.output).toMatch(/--environment is missing[^]*--plan is missing/)
    expect(missing.code).toBe(1)
  })
})
