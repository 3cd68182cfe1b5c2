import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lightpress-lint-'))))
afterEach(() => rmSync(folder, { recursive: true }))

describe('npm run lint', () => {
  it('is content when ESLint and Prettier are', () => {
    program('nx', 'echo fine')
    program('prettier', 'echo fine')
    expect(lint()).toMatchObject({ status: 0, stdout: 'fine\nfine\n' })
  })

  it.each([
    ['ESLint finds something', 'exit 1', 'exit 0'],
    ['Prettier finds something', 'exit 0', 'exit 1'],
    ['ESLint is killed', 'kill -9 $$', 'exit 0'],
  ])('fails when %s, and runs both all the same', (_, nx, prettier) => {
    program('nx', `echo nx ran; ${nx}`)
    program('prettier', `echo prettier ran; ${prettier}`)
    expect(lint()).toMatchObject({ status: 1, stdout: 'nx ran\nprettier ran\n' })
  })

  it('fails when the boundary rule was skipped for want of a graph', () => {
    program('nx', 'echo "No cached ProjectGraph is available. The rule will be skipped." >&2')
    program('prettier', 'exit 0')
    expect(lint().status).toBe(1)
  })

  it.each(['nx', 'prettier'])('fails when %s is not installed', (missing) => {
    program(missing === 'nx' ? 'prettier' : 'nx', 'exit 0')
    const { status, stderr } = lint()
    expect(status).toBe(1)
    expect(stderr).toContain(`${missing} could not be run`)
  })
})

function program(name: string, script: string) {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
}

function lint() {
  const file = join(import.meta.dirname, '../src/lint.ts')
  return spawnSync(process.execPath, [file], { encoding: 'utf8', env: { PATH: `${folder}:/no-other` } })
}
