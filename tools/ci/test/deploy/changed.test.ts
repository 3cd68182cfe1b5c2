import { execFileSync, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Plan } from '../../src/deploy/plan.ts'
import { copyWorkspace } from '../copy-workspace.ts'
import { createAccount, hashOf, modules, type Account } from './account.ts'

const copy = copyWorkspace()
let account: Account
let first: string

const git = (...args: string[]) => execFileSync('git', args, { cwd: copy.root, encoding: 'utf8' }).trim()

function commit(): string {
  git('add', '-A')
  git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '-qm', 'a change')
  return git('rev-parse', 'HEAD')
}

/** Runs the copy's own command, with the real git and Nx, against the stand-in of AWS. */
async function changed(...more: string[]): Promise<{ code: number | null; output: string; plan: Plan }> {
  const standIns = join(import.meta.dirname, '../stand-ins')
  const out = join(account.folder, 'plan.json')
  const child = spawn(
    process.execPath,
    [join(copy.root, 'tools/ci/src/changed.ts'), '--environment', 'staging', '--out', out, ...more],
    {
      env: { ...process.env, ...account.env, PATH: [standIns, process.env.PATH].join(delimiter) },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, output, plan: code === 0 ? (JSON.parse(readFileSync(out, 'utf8')) as Plan) : ({} as Plan) }
}

/** As `record.ts` leaves it after a plan. */
function recordDeployed(base: string | null, { deploy }: Plan) {
  account.change((world) => {
    const services = deploy.map(({ module, hash }) => [
      module,
      { hash, digest: `sha256:${hashOf(module)}`, taskDefinition: 'arn:1', worker: 'arn:2' },
    ])
    world.parameters['/lightpress/staging/deployed'] = JSON.stringify({
      commit: base,
      release: base,
      services: Object.fromEntries(services),
      web: { commit: first, hash: hashOf('web') },
    })
  })
}

// Each of them bundles services and asks Nx, which reads the whole workspace.
describe('what changed since the last deployment', { timeout: 240_000 }, () => {
  let all: Plan

  beforeAll(async () => {
    account = createAccount('staging')
    git('init', '-q')
    first = commit()
    account.change((world) => delete world.parameters['/lightpress/staging/deployed'])
    const { code, output, plan } = await changed()
    expect(output).toContain('compared with nothing')
    expect(code).toBe(0)
    all = plan
  }, 240_000)
  afterAll(() => {
    account.remove()
    copy.remove()
  })

  it('is everything where nothing was deployed', () => {
    expect(all).toMatchObject({ environment: 'staging', commit: first, base: null, infra: true, web: true })
    expect(all.build).toEqual(modules)
    expect(all.deploy.map(({ module }) => module).sort()).toEqual([...modules].sort())
    for (const { hash } of all.deploy) expect(hash).toMatch(/^[0-9a-f]{64}$/)
  })

  it('is nothing where nothing is new, since the same commit gives the same bundles', async () => {
    recordDeployed(first, all)
    const { plan } = await changed()
    expect(plan).toMatchObject({ base: first, build: [], deploy: [], infra: false, web: false })
    recordDeployed(null, all)
    const afterRollback = await changed()
    expect(afterRollback.plan).toMatchObject({ base: null, build: modules, deploy: [] })
  })

  it('is everything where that is asked for, though nothing is new: what a bundle stands on may be', async () => {
    recordDeployed(first, all)
    const { plan } = await changed('--all')
    expect(plan).toMatchObject({ base: first, build: modules, infra: false, web: false, again: true })
    expect(plan.deploy).toEqual(all.deploy)
  })

  it('is one service when one module is other than before, and none when only its tests are', async () => {
    recordDeployed(first, all)
    copy.write('packages/billing/module/test/another.test.ts', '// A test.\n')
    const tests = commit()
    const untouched = await changed()
    expect(untouched.plan).toMatchObject({ commit: tests, build: ['billing'], deploy: [] })
    const file = join(copy.root, 'packages/billing/module/src/index.ts')
    writeFileSync(file, `${readFileSync(file, 'utf8')}\nexport const added = 'one line more'\nconsole.log(added)\n`)
    commit()
    const { plan } = await changed()
    expect(plan.build).toEqual(['billing'])
    expect(plan.deploy.map(({ module }) => module)).toEqual(['billing'])
    expect(plan.deploy[0]!.hash).not.toBe(all.deploy.find(({ module }) => module === 'billing')!.hash)
  })

  it('is everything, which is said, where the commit last deployed is nowhere to be had', async () => {
    recordDeployed('0'.repeat(40), all)
    const { output, plan } = await changed()
    expect(output).toContain(`The commit last deployed, ${'0'.repeat(40)}, is not in this clone nor at its origin`)
    expect(plan.build).toEqual(modules)
  })

  it('is not guessed when AWS does not say what runs', async () => {
    account.fail({ call: 'aws ssm get-parameter', says: 'An error occurred (AccessDeniedException): not you.' })
    const { code, output } = await changed()
    expect(output).toContain('not you.')
    expect(code).toBe(1)
  })
})
