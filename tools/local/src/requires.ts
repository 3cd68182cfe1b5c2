import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program by its name, or being root. */
export type Requirement = 'redis-server' | 'chromium' | 'docker' | 'promtool' | 'root'

/**
 * For `it.runIf(requires('redis-server'))`: whether a test can run on this machine. What is skipped is said;
 * where LIGHTPRESS_FULL is set, as in the pipeline, nothing may be.
 */
export function requires(what: Requirement): boolean {
  if (what === 'root' ? process.getuid?.() === 0 : isInstalled(what)) return true
  if (process.env.LIGHTPRESS_FULL)
    throw new Error(`${what} is missing here, and LIGHTPRESS_FULL says that every test runs.`)
  console.warn(`Skipped, because ${what} is missing here.`)
  return false
}

/** Whether a program is in the PATH. */
export function isInstalled(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
