import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAccount, type Account } from './account.ts'

let account: Account
beforeEach(() => {
  account = createAccount('staging')
})
afterEach(() => account.remove())

const run = (...more: string[]) =>
  account.run('run-command', '--environment', 'staging', '--service', 'users', '--words', 'events list', ...more)
const started = () => account.calls().filter((call) => call.startsWith('aws ecs run-task'))

describe('a command of the product', () => {
  it('runs in the image and the network of the worker that runs now, and says what it said', async () => {
    account.change((world) => (world.endings['users-worker'] = { log: ['module  for', 'users   users'] }))
    const { code, output } = await run()
    expect(output).toContain('module  for\nusers   users')
    expect(code).toBe(0)
    const [call = ''] = started()
    expect(call).toContain(`--task-definition ${account.world().services['users-worker']!.taskDefinition}`)
    expect(call).toContain('"command":["node","main.js","events","list"]')
    expect(call).toContain('"subnets":["subnet-1"]')
  })

  it.each([
    ['ends with another exit code than 0', { exitCode: 1, log: ['Unknown command'] }, /failed: exit code 1; Essential/],
    ['was not started', { reason: 'RESOURCE:CPU' }, /was not started: RESOURCE:CPU/],
  ])('fails when it %s, and says why', async (_, ending, why) => {
    account.change((world) => (world.endings['users-worker'] = ending))
    const { code, output } = await run()
    expect(output).toMatch(why)
    if ('log' in ending) expect(output).toContain('Unknown command')
    expect(code).toBe(1)
  })

  it('is judged by its exit code, also where its log cannot be read', async () => {
    account.fail({ call: 'aws logs get-log-events', says: 'An error occurred (AccessDeniedException): no logs.' })
    const { code, output } = await run()
    expect(output).toMatch(/"events list" of users: its log could not be read:[^]*no logs/)
    expect(code).toBe(0)
  })

  it('that ECS loses fails at once', async () => {
    account.fail({ call: 'aws ecs describe-tasks', says: 'An error occurred (InvalidParameterException): none.' })
    const { code, output } = await run()
    expect(output).toContain('InvalidParameterException')
    expect(code).toBe(1)
  })

  it('that does not end in time is said to go on', async () => {
    account.change((world) => (world.endings['users-worker'] = { hangs: true }))
    const { code, output } = await run('--time-limit', '0.01')
    expect(output).toMatch(/of users is the task arn:[^]*did not end \(after 0.01 min\)/)
    expect(code).toBe(1)
  })

  it('names all that it is not told', async () => {
    const { code, output } = await account.run('run-command', '--environment', 'staging')
    expect(code).toBe(1)
    expect(output).toContain('--service is missing')
    expect(output).toContain('--words is missing')
  })
})
