import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds that a maker may take. */
const PATIENCE = 300_000

/**
 * The path of a file or folder that a run of tests has once: `make` makes it, for the test file that wants it first; the
 * others wait for it. Whoever fails leaves it to the next.
 */
export async function makeOnce(name: string, make: (at: string) => Promise<unknown>): Promise<string> {
  const shared = process.env.TEST_FOLDER
  if (!shared) throw new Error('TEST_FOLDER is not set: run with --config vitest.workspace.ts')
  const [made, taken, part] = [join(shared, name), join(shared, `${name}-taken`), join(shared, `${name}-part`)]
  const end = Date.now() + PATIENCE
  while (!existsSync(made)) {
    if (!(await take(taken))) {
      if (Date.now() > end) throw new Error(`${taken} was not given back: whoever made ${name} was ended half-way.`)
      await sleep(100)
      continue
    }
    try {
      // Unless somebody has finished it since it was looked for.
      if (!existsSync(made)) {
        await make(part)
        // Whole, or not there.
        await rename(part, made)
      }
    } finally {
      await rm(part, { recursive: true, force: true })
      await rm(taken, { recursive: true })
    }
  }
  return made
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
