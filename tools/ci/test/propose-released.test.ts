import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { workspace } from '../src/discover.ts'
import { RELEASED } from '../src/migration/files.ts'

let root: string
let commit: string
const clone = () => join(root, 'clone')
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], {
    cwd: clone(),
    encoding: 'utf8',
  }).trim()

/** Main has gone on since the commit that was released. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lightpress-released-'))
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', join(root, 'origin')])
  execFileSync('git', ['clone', '--quiet', join(root, 'origin'), clone()], { stdio: 'ignore' })
  git('switch', '--quiet', '--create', 'main')
  write(RELEASED, 'one\n')
  commit = commitAll()
  write('later', 'than the release')
  commitAll()
  git('push', '--quiet', 'origin', 'main')
  git('switch', '--quiet', '--detach', commit)
  mkdirSync(join(root, 'bin'))
  // No pull request is there until one is made.
  writeFileSync(
    join(root, 'bin/gh'),
    `#!/bin/sh\necho "$*" >>"${root}/asked"\n[ "$2" = create ] && exit "$GH_CODE"\nexit 1\n`,
    { mode: 0o755 },
  )
})
afterEach(() => rmSync(root, { recursive: true }))

describe('after a release', () => {
  it('a pull request notes the migrations that production has, on what main is by then', () => {
    write(RELEASED, 'one\ntwo\n')
    expect(propose()).toMatchObject({ status: 0 })
    const branch = `origin/released-${commit.slice(0, 12)}`
    expect(git('show', `${branch}:${RELEASED}`)).toBe('one\ntwo')
    expect(git('diff', '--name-only', 'origin/main', branch)).toBe(RELEASED)
    expect(readFileSync(join(root, 'asked'), 'utf8')).toContain(`pr create --head released-${commit.slice(0, 12)}`)
  })

  it('there is none where main has noted them', () => {
    expect(propose()).toMatchObject({ status: 0 })
    expect(git('branch', '--remotes')).not.toContain('released-')
  })

  it('it fails, which is seen, when nobody can be asked', () => {
    write(RELEASED, 'one\ntwo\n')
    expect(propose('1').status).toBe(1)
  })
})

function propose(code = '0') {
  const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env.PATH}`, COMMIT: commit, GH_CODE: code }
  return spawnSync('bash', [join(workspace, '.ci/propose-released')], { cwd: clone(), env, encoding: 'utf8' })
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(clone(), file)), { recursive: true })
  writeFileSync(join(clone(), file), text)
}

function commitAll(): string {
  git('add', '--all')
  git('commit', '--quiet', '--message', 'a change')
  return git('rev-parse', 'HEAD')
}
