import { existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * What one test file of a run makes, for all of them: loading every type of AWS takes seconds, and each file would do it.
 * Whoever comes first makes it, the others wait for the file; where that one fails, the next one tries.
 */
export async function recordOnce<T>(name: string, make: () => Promise<T>): Promise<T> {
  const folder = process.env.TEST_FOLDER
  if (folder === undefined) throw new Error('TEST_FOLDER is missing: run the tests with vitest.workspace.ts.')
  const file = join(folder, `${name}.json`)
  for (;;) {
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as T
    if (!isMine(`${file}.lock`)) {
      await sleep(100)
      continue
    }
    try {
      const made = await make()
      writeFileSync(`${file}.part`, JSON.stringify(made))
      // Whole, or not there.
      renameSync(`${file}.part`, file)
    } finally {
      rmdirSync(`${file}.lock`)
    }
  }
}

function isMine(lock: string): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
