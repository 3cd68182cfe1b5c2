import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { workspace } from '../src/discover.ts'
import { parseAllowed } from '../src/scan/allowed.ts'

let bin: string
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'lightpress-scan-'))
  symlinkSync('/usr/bin/cat', join(bin, 'cat'))
})
afterEach(() => rmSync(bin, { recursive: true }))

const nothing = { advisories: {}, metadata: {} }
const advisory = {
  findings: [{ version: '1.0.0', paths: ['.>left-pad'] }],
  github_advisory_id: 'GHSA-aaaa-bbbb-cccc',
  module_name: 'left-pad',
  title: 'Pads to the right',
  severity: 'high',
  patched_versions: '>=1.0.1',
}
const leak = {
  Fingerprint: 'c0ffee:src/keys.ts:generic-api-key:3',
  RuleID: 'generic-api-key',
  Description: 'Detected a Generic API Key',
  File: 'src/keys.ts',
  StartLine: 3,
  Secret: 'REDACTED',
}
const vulnerability = {
  VulnerabilityID: 'CVE-2026-1',
  PkgName: 'zlib1g',
  InstalledVersion: '1:1.2.13',
  Severity: 'CRITICAL',
  Title: 'overflow',
}
const today = new Date().toISOString().slice(0, 10)
const reason = 'Nothing here pads to the right.'

describe('a scan', () => {
  it('is content when nothing is found', () => {
    tool('npx', nothing)
    tool('gitleaks', [])
    expect(scan()).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('dependencies: 0 found.\nsecrets: 0 found.'),
    })
  })

  it.each([
    ['a known hole in a dependency', 'HIGH GHSA-aaaa-bbbb-cccc in left-pad: Pads to the right (mended in >=1.0.1)'],
    ['a secret in the history', `HIGH ${leak.Fingerprint} in src/keys.ts:3: Detected a Generic API Key`],
  ])('stops at %s', (what, said) => {
    tool('npx', what.includes('dependency') ? { advisories: { 1: advisory } } : nothing, 1)
    tool('gitleaks', what.includes('secret') ? [leak] : [])
    const { status, stderr } = scan()
    expect([status, stderr.trim()]).toEqual([1, said])
  })

  it('stops at what trivy finds in an image: holes, and secrets in its layers', () => {
    const secret = { RuleID: 'aws-key', Severity: 'HIGH', Title: 'AWS key', StartLine: 2 }
    tool('trivy', {
      Results: [
        { Target: 'debian', Vulnerabilities: [vulnerability] },
        { Target: '/app/.env', Secrets: [secret] },
      ],
    })
    const { status, stderr } = scan(['--image', 'registry/auth@sha256:1'])
    expect(status).toBe(1)
    expect(stderr).toContain('CRITICAL CVE-2026-1 in zlib1g 1:1.2.13: overflow (not mended yet)')
    expect(stderr).toContain('HIGH /app/.env:aws-key in /app/.env:2: AWS key')
  })

  it('asks trivy for that image alone', () => {
    writeFileSync(join(bin, 'trivy'), `#!/bin/bash\necho "$*" >"${bin}/asked"\necho '{"Results":[]}'\n`, {
      mode: 0o755,
    })
    expect(scan(['--image', 'registry/auth@sha256:1'])).toMatchObject({ status: 0 })
    expect(readFileSync(join(bin, 'asked'), 'utf8')).toMatch(
      /^image .*--severity CRITICAL,HIGH registry\/auth@sha256:1\n$/,
    )
  })

  it('lets pass what is moderate', () => {
    tool('npx', { advisories: { 1: { ...advisory, severity: 'moderate' } } }, 1)
    expect(scan(['dependencies'])).toMatchObject({ status: 0 })
  })

  it.each(['npx', 'gitleaks'])('fails when %s is not installed', (missing) => {
    if (missing === 'npx') tool('gitleaks', [])
    else tool('npx', nothing)
    const { status, stderr } = scan()
    expect(status).toBe(1)
    expect(stderr).toContain(`could not be scanned: ${missing} is not installed.`)
  })

  it('says on a developer’s machine what was not scanned, and fails when nothing was', () => {
    tool('npx', nothing)
    const { status, stdout } = scan(['--available'])
    expect(status).toBe(0)
    expect(stdout).toContain('NOT SCANNED: secrets, because gitleaks is not installed.')
    expect(scan(['--available', 'secrets'])).toMatchObject({ status: 1, stderr: 'Nothing at all was scanned.\n' })
  })

  it.each([
    ['the registry does not answer', 'dependencies', 'npx', { error: { code: 'ERR_PNPM_AUDIT_BAD_RESPONSE' } }, 1],
    ['pnpm answers no JSON', 'dependencies', 'npx', 'ERR_PNPM', 1],
    ['gitleaks falls over', 'secrets', 'gitleaks', [], 1],
    ['gitleaks reports otherwise than known', 'secrets', 'gitleaks', { leaks: 0 }, 0],
    ['trivy falls over', '--image=x', 'trivy', { Results: [] }, 1],
    ['trivy looked at nothing', '--image=x', 'trivy', {}, 0],
  ])('fails when %s, because then nothing is proved', (_, what, program, report, code) => {
    tool(program, report, code)
    const { status, stderr } = scan([what])
    expect(status).toBe(1)
    expect(stderr).toContain('could not be scanned')
  })

  it('refuses a word that it does not know', () => {
    expect(scan(['everything'])).toMatchObject({ status: 2 })
  })
})

describe('an exception', () => {
  it('holds until its day, and says so', () => {
    tool('npx', { advisories: { 1: advisory } }, 1)
    const { status, stdout } = scan(['dependencies'], [{ id: advisory.github_advisory_id, reason, expires: today }])
    expect(status).toBe(0)
    expect(stdout).toContain(`Allowed until ${today}: HIGH GHSA-aaaa-bbbb-cccc`)
  })

  it('fails from the day after, also when nothing is found any more', () => {
    tool('npx', nothing)
    const { status, stderr } = scan(['dependencies'], [{ id: 'GHSA-old', reason, expires: '2026-01-31' }])
    expect([status, stderr.trim()]).toEqual([1, 'GHSA-old was allowed until 2026-01-31: mend it, or say anew why not.'])
  })

  it('holds only where it says', () => {
    tool('npx', { advisories: { 1: advisory } }, 1)
    const elsewhere = { id: advisory.github_advisory_id, where: 'right-pad', reason, expires: today }
    const { status, stdout } = scan(['dependencies'], [elsewhere])
    expect(status).toBe(1)
    expect(stdout).toContain('nothing found it in this run')
  })

  it('has a reason and a day, which is not next year’s', () => {
    expect(() => parseAllowed([{ id: 'GHSA-1', expires: '2026-11-30' }], '2026-11-21')).toThrow('reason')
    expect(() => parseAllowed([{ id: 'GHSA-1', reason }], '2026-11-21')).toThrow('expires')
    expect(() => parseAllowed([{ id: 'GHSA-1', reason, expires: 'never' }], '2026-11-21')).toThrow('expires')
    const endless = parseAllowed([{ id: 'GHSA-1', reason, expires: '2027-06-01' }], '2026-11-21')
    expect(endless).toEqual({ entries: [], problems: [expect.stringContaining('lasts 180 days at most')] })
  })

  it('of this house can be read', () => {
    const list = JSON.parse(readFileSync(join(workspace, 'tools/ci/allowed-findings.json'), 'utf8')) as unknown[]
    const { entries, problems } = parseAllowed(list, today)
    // A day that comes is the scan's to say, and fails no test.
    expect(entries.length + problems.length).toBe(list.length)
  })
})

function tool(name: string, report: unknown, code = 0) {
  const file = join(bin, `${name}.json`)
  writeFileSync(file, typeof report === 'string' ? report : JSON.stringify(report))
  writeFileSync(join(bin, name), `#!/bin/bash\ncat "${file}"\nexit ${code}\n`, { mode: 0o755 })
}

function scan(args: string[] = [], allowed: unknown[] = []) {
  const list = join(bin, 'allowed.json')
  writeFileSync(list, JSON.stringify(allowed))
  const file = join(workspace, 'tools/ci/src/scan.ts')
  return spawnSync(process.execPath, [file, '--allowed', list, ...args], { encoding: 'utf8', env: { PATH: bin } })
}
