import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { workspace } from '../src/discover.ts'

let bin: string
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'lightpress-tools-'))
  for (const name of ['env', 'dirname', 'sed', 'cat', 'mktemp', 'uname', 'chmod'])
    symlinkSync(`/usr/bin/${name}`, join(bin, name))
  // It installs as root, whoever runs this test.
  program('id', 'echo 0')
})
afterEach(() => rmSync(bin, { recursive: true }))

describe('.ci/tools', () => {
  it('leaves alone what is there', () => {
    program('trivy', 'exit 0')
    program('apt-get', 'echo apt-get was run; exit 1')
    expect(install('trivy')).toMatchObject({ status: 0, stdout: '' })
  })

  it('installs what is missing, all that is named', () => {
    program(
      'apt-get',
      `[ "$1" = update ] || for last; do :; done; printf '#!/bin/sh\\n' >${bin}/$last; chmod +x ${bin}/$last`,
    )
    expect(install('redis-server', 'chromium')).toMatchObject({ status: 0 })
  })

  it('fails with the reason when it cannot, and names what is missing', () => {
    program('apt-get', 'echo "no network" >&2; exit 100')
    const { status, stderr } = install('redis-server', 'chromium')
    expect(status).toBe(1)
    expect(stderr).toContain('no network')
    expect(stderr).toContain('Still missing here: redis-server chromium.')
  })

  it('fails when an installer is content and the program is missing all the same', () => {
    program('apt-get', 'exit 0')
    expect(install('chromium')).toMatchObject({ status: 1 })
  })

  it('fails for what it does not know', () => {
    expect(install('the-moon').stderr).toContain('Nothing here knows how to install the-moon.')
  })

  it("takes Pulumi's version from where the programs have theirs", () => {
    program('curl', 'for last; do :; done; while [ "$1" != --output ]; do shift; done; echo "echo \\$* >&2" >"$2"')
    program('sh', 'exec /bin/sh "$@"')
    program('ln', 'exit 0')
    const [, version] =
      /'@pulumi\/pulumi': (\S+)/.exec(readFileSync(join(workspace, 'pnpm-workspace.yaml'), 'utf8')) ?? []
    expect(install('pulumi').stderr).toContain(`--version ${version} `)
  })
})

function program(name: string, script: string) {
  writeFileSync(join(bin, name), `#!/bin/bash\n${script}\n`, { mode: 0o755 })
}

function install(...names: string[]) {
  return spawnSync('/bin/bash', [join(workspace, '.ci/tools'), ...names], { encoding: 'utf8', env: { PATH: bin } })
}
