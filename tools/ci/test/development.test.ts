import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testEnvironment } from '@lightpress/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle, type Bundle } from '../src/bundle.ts'
import { workspace } from '../src/discover.ts'

// What lets a program be anybody in development is in no bundle: production could not turn it on if it would.

/** In lower case: the headers, and what else only that file says. */
const words = [
  'x-dev-user-id',
  'x-dev-role',
  'x-dev-organization-id',
  'createdevelopmentsignin',
  'development sign-in:',
  'by a name of this machine',
]
const source = join(workspace, 'packages/kernel/src/development.ts')

let folder: string
const bundles = new Map<string, Bundle>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lightpress-development-'))
  for (const app of await appsThatServe())
    bundles.set(app, await bundle(join(workspace, 'apps', app), join(folder, app)))
})
afterAll(() => rm(folder, { recursive: true }))

/** Whatever has a program of its own, found and not listed: a service of tomorrow is looked at, too. */
async function appsThatServe(): Promise<string[]> {
  const apps = await readdir(join(workspace, 'apps'), { withFileTypes: true })
  const found = await Promise.all(
    apps.map(async ({ name }) =>
      (await readdir(join(workspace, 'apps', name, 'src'))).includes('main.ts') ? [name] : [],
    ),
  )
  return found.flat()
}

describe('development sign-in', () => {
  it('says what is looked for', async () => {
    const text = (await readFile(source, 'utf8')).toLowerCase()
    expect(words.filter((word) => !text.includes(word))).toEqual([])
  })

  it('is in no bundle, neither its words nor a way to its file', async () => {
    expect([...bundles.keys()]).toEqual(expect.arrayContaining(['api', 'auth-service', 'users-service']))
    for (const [app, { folder, files }] of bundles) {
      expect(files.map(({ path }) => path)).toContain('main.js')
      for (const { path } of files) {
        const text = (await readFile(join(folder, path), 'latin1')).toLowerCase()
        const found = [...words, 'src/development.ts', './development.ts'].filter((word) => text.includes(word))
        expect(found, `${app}/${path}`).toEqual([])
      }
    }
  })

  it('keeps a bundle that is asked for it from starting, wherever that is', async () => {
    for (const [app, { folder }] of bundles) {
      const { status, stderr, stdout } = spawnSync(process.execPath, ['main.js'], {
        cwd: folder,
        env: { ...testEnvironment('postgres://nobody@127.0.0.1:1/x'), DEVELOPMENT_SIGN_IN: 'true' },
        encoding: 'utf8',
        timeout: 20_000,
      })
      expect(status, app).toBe(1)
      expect(stdout + stderr, app).toMatch(/DEVELOPMENT_SIGN_IN is wrong: .*not in a bundle/)
    }
  })
})
