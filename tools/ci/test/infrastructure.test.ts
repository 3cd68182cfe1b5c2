import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { workspace } from '../src/discover.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lightpress-infrastructure-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const commit = 'c'.repeat(40)
const called = () => (existsSync(join(folder, 'called')) ? readFileSync(join(folder, 'called'), 'utf8') : '')

describe('the infrastructure', () => {
  it('is applied by Pulumi when the plan says that it changed', () => {
    expect(apply({ infra: true })).toMatchObject({ status: 0 })
    expect(called()).toMatch(/^--yes pnpm@[\d.]+ --filter infra run up --stack staging --yes\n$/)
  })

  it('is left alone when the plan says that it did not', () => {
    expect(apply({ infra: false })).toMatchObject({ status: 0, stdout: 'The infrastructure is as it was.\n' })
    expect(called()).toBe('')
  })

  it('that is not applied stops the pipeline', () => {
    const { status, stderr } = apply({ infra: true, code: 1 })
    expect(status).toBe(1)
    expect(stderr).toContain('the resource is busy')
    expect(stderr).toContain('The infrastructure of staging was not applied, or not all of it')
  })

  it('is not touched by a plan for another environment', () => {
    expect(apply({ infra: true, environment: 'production' })).toMatchObject({ status: 1 })
    expect(called()).toBe('')
  })

  it('is not touched by a plan that something else has overtaken', () => {
    const { status, stderr } = apply({ infra: true, release: 'd'.repeat(40) })
    expect(stderr).toContain('begin again with a new plan')
    expect(status).toBe(1)
    expect(called()).toBe('')
  })

  it('needs to be told where its state is', () => {
    expect(apply({ infra: true, backend: '' }).stderr).toContain('The variable PULUMI_BACKEND_URL is missing')
  })
})

function apply({ infra = true, code = 0, environment = 'staging', backend = 's3://state', release = '' }) {
  const plan = join(folder, 'plan.json')
  const rest = { commit, base: null, over: null, build: [], deploy: [], web: false }
  writeFileSync(plan, JSON.stringify({ environment, infra, ...rest }))
  const npx = `#!/bin/sh\necho "$*" >>"${folder}/called"\n[ ${code} = 0 ] || echo "the resource is busy" >&2\nexit ${code}\n`
  writeFileSync(join(folder, 'npx'), npx, { mode: 0o755 })
  const deployed = JSON.stringify({ commit: release, release, services: {}, web: null })
  const found = `printf '%s' '${JSON.stringify({ Parameter: { Value: deployed } })}'`
  const missing = 'echo "An error occurred (ParameterNotFound) when calling it: none." >&2; exit 254'
  writeFileSync(join(folder, 'aws'), `#!/bin/sh\n${release ? found : missing}\n`, { mode: 0o755 })
  const file = join(workspace, 'tools/ci/src/infrastructure.ts')
  const args = [file, '--environment', 'staging', '--plan', plan]
  return spawnSync(process.execPath, args, { encoding: 'utf8', env: { PATH: folder, PULUMI_BACKEND_URL: backend } })
}
