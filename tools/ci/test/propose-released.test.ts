import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { workspace } from '../src/discover.ts'
import { hashOf, RELEASED } from '../src/migration/files.ts'

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
  write(RELEASED, noted('a', 'c'))
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
    write(RELEASED, noted('a', 'b', 'c'))
    expect(propose()).toMatchObject({ status: 0 })
    expect(git('show', `${branch()}:${RELEASED}`)).toBe(noted('a', 'b', 'c').trim())
    expect(git('diff', '--name-only', 'origin/main', branch())).toBe(RELEASED)
    expect(readFileSync(join(root, 'asked'), 'utf8')).toContain(`pr create --head released-${commit.slice(0, 12)}`)
  })

  it('it keeps what main has noted since: the job may be an older run’s', () => {
    noteOnMain('a', 'c', 'd')
    write(RELEASED, noted('a', 'b', 'c'))
    expect(propose()).toMatchObject({ status: 0 })
    expect(git('show', `${branch()}:${RELEASED}`)).toBe(noted('a', 'b', 'c', 'd').trim())
  })

  it('there is none where main has noted them, and more', () => {
    noteOnMain('a', 'b', 'c', 'd')
    write(RELEASED, noted('a', 'b', 'c'))
    expect(propose()).toMatchObject({ status: 0 })
    expect(git('branch', '--remotes')).not.toContain('released-')
  })

  it('there is none where main has noted them', () => {
    expect(propose()).toMatchObject({ status: 0 })
    expect(git('branch', '--remotes')).not.toContain('released-')
  })

  it('it fails, which is seen, when nobody can be asked', () => {
    write(RELEASED, noted('a', 'b', 'c'))
    expect(propose('1').status).toBe(1)
  })
})

describe('the tag production', () => {
  const tagged = () => git('ls-remote', 'origin', 'refs/tags/production').split('\t')[0]
  const tag = (released: string) => run('tag-released', { COMMIT: released })

  it('names the first release, and moves to the next one', () => {
    expect(tag(commit)).toMatchObject({ status: 0 })
    expect(tagged()).toBe(commit)
    const next = git('rev-parse', 'origin/main')
    expect(tag(next)).toMatchObject({ status: 0 })
    expect(tagged()).toBe(next)
    // Once more is the same.
    expect(tag(next)).toMatchObject({ status: 0 })
    expect(tagged()).toBe(next)
  })

  it('does not go back when an older run’s job is run once more', () => {
    const later = git('rev-parse', 'origin/main')
    expect(tag(later)).toMatchObject({ status: 0 })
    const { status, stderr } = tag(commit)
    expect(stderr).toContain(`The tag production stays at ${later}, which is later than ${commit}.`)
    expect(status).toBe(1)
    expect(tagged()).toBe(later)
  })

  it('is not moved when nobody knows where it is', () => {
    git('remote', 'set-url', 'origin', join(root, 'nowhere'))
    expect(tag(commit).status).not.toBe(0)
  })
})

/** As the list has them: a hash, and a file. */
function noted(...names: string[]): string {
  return names.map((name) => `${hashOf(name)}  packages/auth/module/migrations/000${name}.sql\n`).join('')
}

function noteOnMain(...names: string[]): void {
  git('switch', '--quiet', 'main')
  write(RELEASED, noted(...names))
  commitAll()
  git('push', '--quiet', 'origin', 'main')
  git('switch', '--quiet', '--detach', commit)
}

function branch(): string {
  return `origin/released-${commit.slice(0, 12)}`
}

function propose(code = '0') {
  return run('propose-released', { COMMIT: commit, GH_CODE: code })
}

function run(name: string, variables: Record<string, string>) {
  const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env.PATH}`, ...variables }
  return spawnSync('bash', [join(workspace, '.ci', name)], { cwd: clone(), env, encoding: 'utf8' })
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
