import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '@lightpress/testing'

/**
 * A folder that a run of tests has once: built by the test file that wants it first; the others wait for it. Whoever fails
 * leaves it to the next.
 */
export async function buildOnce(name: string, build: (into: string) => Promise<unknown>): Promise<string> {
  const shared = process.env.TEST_FOLDER
  if (!shared) throw new Error('TEST_FOLDER is not set: run with --config vitest.workspace.ts')
  const [folder, taken, building] = ['', '-taken', '-building'].map((suffix) => join(shared, name + suffix)) as [
    string,
    string,
    string,
  ]
  while (!existsSync(folder)) {
    if (!(await take(taken))) {
      await until(
        () => existsSync(taken),
        (stillTaken) => !stillTaken,
        { timeout: 300_000 },
      )
      continue
    }
    try {
      // Unless somebody has finished it since it was looked for.
      if (!existsSync(folder)) {
        await build(building)
        // Whole, or not there.
        await rename(building, folder)
      }
    } finally {
      await rm(building, { recursive: true, force: true })
      await rm(taken, { recursive: true })
    }
  }
  return folder
}

async function take(taken: string): Promise<boolean> {
  try {
    await mkdir(taken)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
