import { spawnSync } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { overBudget } from '../src/bundle-budget.ts'
import { hashOf } from '../src/bundle-hash.ts'
import { bundle, type Bundle } from '../src/bundle.ts'
import { readDeployments, workspace } from '../src/discover.ts'
import { copyWorkspace } from './copy-workspace.ts'

const services = [...readDeployments().keys()].filter((app) => app.endsWith('-service'))
/** Of each service what was bundled last. */
const bundles = new Map<string, Bundle>()
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lightpress-hash-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('the hash of a folder', () => {
  const files = { 'main.js': 'one', 'migrations/auth/0000_init.sql': 'two', 'z.txt': 'three' }

  it('does not know when, by whom, in which order or where its files were written', async () => {
    const first = await write('first', Object.entries(files))
    const second = await write('further/away/second', Object.entries(files).reverse())
    await utimes(join(second, 'main.js'), new Date(0), new Date(0))
    await chmod(join(second, 'main.js'), 0o600)
    expect(await hashOf(second)).toBe(await hashOf(first))
    expect(await hashOf(first)).toMatch(/^[0-9a-f]{64}$/)
  })

  it('is another when a byte, a name or the place of a byte is', async () => {
    const others = [
      files,
      { ...files, 'main.js': 'onE' },
      { 'main.mjs': 'one', 'migrations/auth/0000_init.sql': 'two', 'z.txt': 'three' },
      { ...files, 'migrations/auth/0001_more.sql': '' },
      { ...files, 'main.js': 'onet', 'migrations/auth/0000_init.sql': 'wo' },
      { ...files, 'main.js16:migrations/auth': 'one' },
    ]
    const hashes = await Promise.all(
      others.map(async (other, at) => hashOf(await write(`other-${at}`, Object.entries(other)))),
    )
    expect(new Set(hashes).size).toBe(others.length)
  })

  it('is none for a folder that is empty, missing or holds a link to what does not go with it', async () => {
    const empty = await write('empty', [])
    await expect(hashOf(empty)).rejects.toThrow(`There is nothing in ${empty}`)
    await expect(hashOf(join(folder, 'nowhere'))).rejects.toThrow('ENOENT')
    await symlink('/etc/hostname', join(empty, 'linked'))
    await expect(hashOf(empty)).rejects.toThrow('linked in')
  })
})

describe('the hash of a service', () => {
  const copy = copyWorkspace()
  afterAll(() => copy.remove())
  let here: Map<string, string>
  beforeAll(async () => {
    here = await hashesOf(workspace, join(folder, 'bundles'))
  })

  it('is the same when the same sources are built in another folder', async () => {
    expect(services.length).toBeGreaterThanOrEqual(4)
    expect(new Set(here.values()).size).toBe(services.length)
    expect(await hashesOf(copy.root, join(folder, 'as/deep/as/it/gets'))).toEqual(here)
  })

  it('changes with a migration and with a line of a module, and that of no other service does', async () => {
    copy.write('packages/billing/module/migrations/9999_more.sql', 'select 1;\n')
    const module = 'packages/notifications/module/src/index.ts'
    copy.write(module, `${await readFile(join(workspace, module), 'utf8')}\nglobalThis.name = 'a line more'\n`)
    const changed = [...(await hashesOf(copy.root, join(folder, 'changed')))].filter(
      ([app, hash]) => here.get(app) !== hash,
    )
    expect(changed.map(([app]) => app).sort()).toEqual(['billing-service', 'notifications-service'])
  })

  it('goes with a bundle that is small enough to be pulled and read in a moment', () => {
    for (const [app, made] of bundles) expect(overBudget(app, made)).toEqual([])
    const heavy = { files: [{ path: 'main.js', bytes: 6 * 1024 * 1024 }] }
    expect(overBudget('auth-service', heavy)).toEqual([
      'main.js of auth-service has 6.0 MB, and 5.0 MB is what it may have.',
    ])
    const library = { files: [{ path: 'library.so', bytes: 20 * 1024 * 1024 }] }
    expect(overBudget('auth-service', library)).toHaveLength(1)
    expect(overBudget('users-service', library)).toEqual([])
  })

  it('tells of no folder but those of the repository', async () => {
    for (const app of services) {
      const at = join(folder, 'bundles', app)
      const { sources } = JSON.parse(await readFile(join(at, 'main.js.map'), 'utf8')) as { sources: string[] }
      expect(sources).toContain('packages/kernel/src/serve.ts')
      expect(sources.filter((source) => !/^(apps|packages|node_modules)\//.test(source))).toEqual([])
      const texts = bundles.get(app)?.files.filter(({ path }) => path.startsWith('main.js')) ?? []
      expect(texts.length).toBeGreaterThanOrEqual(2)
      for (const { path } of texts)
        expect(await readFile(join(at, path), 'utf8'), `${app}/${path}`).not.toMatch(/\.pnpm\/|\.\.\/node_modules/)
    }
  })

  it('covers the certificates that a database is known by', async () => {
    const certificates = await write('certified', [['rds.pem', 'a certificate']])
    await cp(certificates, join(copy.root, 'infra/certificates'), { recursive: true })
    const { files } = await bundle(join(copy.root, 'apps/auth-service'))
    expect(files.map(({ path }) => path)).toContain('certificates/rds.pem')
    expect(await hashOf(join(copy.root, 'apps/auth-service/dist'))).not.toBe(here.get('auth-service'))
  })
})

describe('the command that bundles', () => {
  const copy = copyWorkspace()
  afterAll(() => copy.remove())
  beforeAll(async () => {
    for (const app of ['billing-service', 'api']) {
      const main = `apps/${app}/src/main.ts`
      const heavy = `globalThis.name = '${'x'.repeat(6 * 1024 * 1024)}'`
      copy.write(main, `${await readFile(join(workspace, main), 'utf8')}\n${heavy}\n`)
    }
  })
  const run = (app: string) =>
    spawnSync(process.execPath, [join(workspace, 'tools/ci/src/bundle.ts'), join(copy.root, 'apps', app)], {
      encoding: 'utf8',
    })

  it('fails where a service became too heavy', () => {
    const { status, stderr } = run('billing-service')
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^main\.js of billing-service has \d+\.\d MB/)])
  })

  it('asks nothing of the single process, which is no image', () => {
    const { status, stderr } = run('api')
    expect([status, stderr]).toEqual([0, ''])
  })
})

async function hashesOf(root: string, target: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>()
  for (const app of services) {
    const made = await bundle(join(root, 'apps', app), join(target, app))
    hashes.set(app, await hashOf(made.folder))
    bundles.set(app, made)
  }
  return hashes
}

async function write(name: string, files: [string, string][]): Promise<string> {
  const at = join(folder, name)
  await mkdir(at, { recursive: true })
  for (const [path, text] of files) {
    await mkdir(join(at, path, '..'), { recursive: true })
    await writeFile(join(at, path), text)
  }
  return at
}
