import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { workspace } from '../src/discover.ts'

// Against a stand-in for Docker that writes down what it is asked, and fails where it is told to.

const folder = mkdtempSync(join(tmpdir(), 'lightpress-integration-'))
const log = join(folder, 'log')
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => writeFileSync(log, ''))

writeFileSync(
  join(folder, 'docker'),
  `#!/bin/sh
echo "$*" >> ${log}
[ -n "$FAILS" ] && case "$*" in *"$FAILS"*) echo "as told" >&2; exit 3;; esac
[ -n "$HANGS" ] && case "$*" in *"$HANGS"*) sleep 60;; esac
case "$*" in
  *"ps --quiet"*) echo abc;;
  *StartedAt*) echo 2026-11-21T00:00:00Z true;;
  *Health*) echo running healthy;;
  *ExitCode*) echo exited \${SEED:-0};;
esac
`,
)
chmodSync(join(folder, 'docker'), 0o755)

describe('the integration run', () => {
  it('starts the product, runs the journeys by their exit code, and takes everything down', async () => {
    expect(await end(start())).toEqual({ code: 0, said: '' })
    const steps = calls()
      .map((call) => /\b(build|up|down|logs)\b.*/.exec(call)?.[0])
      .filter(Boolean)
    expect(steps).toEqual([
      'build',
      'up --detach gateway seed mailbox stripe',
      'up --no-deps --exit-code-from journeys journeys',
      'down --volumes --remove-orphans --timeout 10',
    ])
  })

  it.each([
    ['an image is not made', { FAILS: '.yml build' }, 'as told'],
    ['the product does not start', { FAILS: 'up --detach' }, 'up --detach'],
    ['the seed fails', { SEED: '1' }, 'ended so: exited 1'],
    ['a journey fails', { FAILS: '--exit-code-from' }, 'ended with 3'],
  ])('fails when %s, shows the last lines of all, and takes everything down', async (_what, env, why) => {
    const { code, said } = await end(start(env))
    expect([code, said]).toEqual([1, expect.stringContaining(why)])
    const [last, beforeLast] = calls().reverse()
    expect(last).toMatch(/ down --volumes /)
    expect(beforeLast).toMatch(/ logs /)
  })

  it('takes everything down when it is interrupted', async () => {
    const child = start({ HANGS: '--exit-code-from' })
    await vi.waitFor(() => expect(calls().at(-1)).toContain('--exit-code-from'), 20_000)
    child.kill('SIGTERM')
    expect((await end(child)).code).toBe(1)
    expect(calls().at(-1)).toMatch(/ down --volumes /)
  })

  it('fails when it cannot take down what it started', async () => {
    const { code, said } = await end(start({ FAILS: ' down ' }))
    expect([code, said]).toEqual([1, expect.stringContaining('down --volumes')])
  })

  it.each([
    ['Docker', { PATH: dirname(process.execPath) }, 'This needs Docker, and a daemon that runs'],
    ['its daemon', { FAILS: 'version --format' }, 'This needs Docker, and a daemon that runs'],
    ['Compose', { FAILS: 'compose version', PATH: `${folder}:/nowhere` }, 'This needs Docker Compose'],
  ])('fails when %s is missing', async (_what, env, why) => {
    const { code, said } = await end(start(env))
    expect([code, said]).toEqual([1, expect.stringContaining(why)])
  })
})

function start(env: Record<string, string> = {}) {
  const script = join(workspace, 'tools/ci/src/integration.ts')
  return spawn(process.execPath, [script], {
    env: { PATH: `${folder}:/usr/bin:/bin`, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

async function end(child: ReturnType<typeof start>) {
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close') as Promise<[number]>])
  return { code, said }
}

function calls(): string[] {
  return readFileSync(log, 'utf8').split('\n').filter(Boolean)
}
