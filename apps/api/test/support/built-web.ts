import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { until } from '@lightpress/testing'

/**
 * The web as it is deployed: its folder. Built once in a run, by the test file that wants it first; the others wait for
 * it.
 */
export async function builtWeb(): Promise<string> {
  const shared = process.env.TEST_FOLDER
  if (!shared) throw new Error('TEST_FOLDER is not set: run with --config vitest.workspace.ts')
  const [directory, building] = [join(shared, 'web'), join(shared, 'web-building')]
  while (!existsSync(directory)) {
    if (await take(building)) await build(building, directory)
    else
      await until(
        () => existsSync(building),
        (stillBuilding) => !stillBuilding,
        { timeout: 120_000 },
      )
  }
  return directory
}

/** One of several who want to build it; whoever fails leaves it to the next. */
async function take(building: string): Promise<boolean> {
  try {
    await mkdir(building)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function build(building: string, directory: string): Promise<void> {
  // Somebody has finished it since it was looked for.
  if (existsSync(directory)) return rm(building, { recursive: true })
  const web = fileURLToPath(new URL('../../../web', import.meta.url))
  const vite = join(dirname(createRequire(join(web, 'package.json')).resolve('vite/package.json')), 'bin/vite.js')
  const args = [vite, 'build', web, '--outDir', building, '--emptyOutDir', '--logLevel', 'warn']
  try {
    // A process of its own: the build is the one of production, whatever the tests run as.
    await promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_ENV: 'production' } })
    await rename(building, directory)
  } catch (error) {
    await rm(building, { recursive: true, force: true })
    throw error
  }
}
