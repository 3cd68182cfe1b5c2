import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { commitOf, createAccount, planOf, type Account } from '../deploy/account.ts'
import { createProduct, json } from '../deploy/product.ts'
import type { Fault } from '../stand-ins/call.ts'
import { playWorkflow, type Played } from './triggers.ts'

// Here the commands of the deployment are the real ones; what stands in is AWS, Docker, and the history of git.
vi.setConfig({ testTimeout: 300_000 })

const real = ['images', 'migrate-services', 'deploy', 'deploy-web', 'record', 'smoke']
const standIns = join(import.meta.dirname, '../stand-ins')

let account: Account
let product: Awaited<ReturnType<typeof createProduct>>
beforeEach(async () => {
  product = await createProduct()
  account = createAccount('staging', product.url)
  account.writePlan({ ...planOf('staging', 'users'), deploy: [{ module: 'users', hash: 'f'.repeat(64) }] })
})
afterEach(async () => {
  account.remove()
  await product.close()
})

describe('a deployment to staging, with what it really does,', () => {
  it('pushes the image, migrates, deploys, tries and says that it is good', async () => {
    const { result, log } = await deploy()
    expect(log).toContain('/lightpress/staging/green is')
    expect(result).toBe('success')
    const calls = account.calls()
    const order = ['docker buildx build', 'aws ecs run-task', 'aws ecs update-service', 'aws ssm put-parameter']
    const places = order.map((call) => calls.findIndex((each) => each.startsWith(call)))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places).not.toContain(-1)
    expect(account.parameter('/lightpress/staging/green')).toMatchObject({ commit: commitOf('new') })
  })

  it.each<[string, Fault, string]>([
    ['the account cannot be read', { call: 'aws ssm get-parameter', says: denied('GetParameter') }, 'images'],
    ['the registry does not let it in', { call: 'docker login', says: 'unauthorized' }, 'images'],
    ['an image cannot be built', { call: 'docker buildx build', says: 'no space left on device' }, 'images'],
    ['a migration cannot be started', { call: 'aws ecs run-task', says: denied('RunTask') }, 'deploy'],
    ['a task definition is refused', { call: 'aws ecs register-task-definition', says: denied('Register') }, 'deploy'],
    ['a service is refused', { call: 'aws ecs update-service', says: denied('UpdateService') }, 'deploy'],
    ['it cannot be noted', { call: 'aws ssm put-parameter', says: denied('PutParameter') }, 'deploy'],
  ])('stops when %s, and says why', async (_, fault, job) => {
    account.fail(fault)
    const { result, log, jobs, commands } = await deploy()
    expect(result).toBe('failure')
    expect(log).toContain(fault.says)
    expect(jobs[job]?.result).toBe('failure')
    expect(commands.at(-1)).toBe('node tools/ci/src/notify.ts failure --environment staging')
    expect(account.parameter('/lightpress/staging/green')).toBeNull()
    const calls = account.calls()
    const failed = calls.findIndex((call) => call.startsWith(fault.call))
    expect(failed).toBeGreaterThanOrEqual(0)
    // Nothing new is begun after it.
    const begun = calls.slice(failed + 1).filter((call) => /aws ecs run-task|put-parameter/.test(call))
    expect(begun).toEqual([])
  })

  it('stops when a migration ends badly, before any service is touched', async () => {
    account.change((world) => (world.endings['users-migrate'] = { exitCode: 1, log: ['relation "people" is locked'] }))
    const { result, log } = await deploy()
    expect(result).toBe('failure')
    expect(log).toContain('relation "people" is locked')
    expect(account.calls().filter((call) => call.startsWith('aws ecs update-service'))).toEqual([])
  })

  it('is not good when the product then answers wrongly', async () => {
    product.breaks(({ path }) => (path === '/v1/billing/plans' ? (response) => json(response, 500, {}) : undefined))
    const { result, log } = await deploy()
    expect(result).toBe('failure')
    expect(log).toContain('the plans (/v1/billing/plans): status 500 instead of 200')
    expect(account.parameter('/lightpress/staging/green')).toBeNull()
    // It is what runs there all the same.
    expect(account.parameter('/lightpress/staging/deployed')).toMatchObject({ commit: commitOf('new') })
  })
})

function deploy(): Promise<Played> {
  const node = dirname(process.execPath)
  const path = [join(standIns, 'history'), standIns, node, '/usr/bin', '/bin'].join(':')
  return playWorkflow('deploy-staging', {
    real: { names: real, env: { ...account.env, PATH: path } },
    answers: { 'changed.ts': `mkdir -p .data && cp '${account.plan}' .data/plan.json` },
    variables: { STAGING_URL: product.url },
  })
}

function denied(what: string): string {
  return `An error occurred (AccessDeniedException) when calling the ${what} operation: not authorized`
}
