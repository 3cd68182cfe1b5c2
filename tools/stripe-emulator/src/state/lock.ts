import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** The locks of this process. */
const held = new Set<string>()

/** Keeps every other stand-in of this machine off a file, until the returned function is called or this process is gone. */
export async function lock(file: string): Promise<() => Promise<void>> {
  const path = `${resolve(file)}.lock`
  await mkdir(dirname(path), { recursive: true })
  if (!(await take(path))) {
    await removeLeftOver(path, file)
    if (!(await take(path))) throw inUse(file, 'another process', path)
  }
  held.add(path)
  return async () => {
    await rm(path, { force: true })
    held.delete(path)
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Whoever was killed could not take it away. */
async function removeLeftOver(path: string, file: string): Promise<void> {
  const holder = await readFile(path, 'utf8').catch(() => '')
  if (!/^\d+$/.test(holder)) throw inUse(file, 'another process', path)
  if (isHeldBy(Number(holder), path)) throw inUse(file, `process ${holder}`, path)
  await rm(path, { force: true })
}

/** In a container that was started anew, what is left over may well name this process. */
function isHeldBy(pid: number, path: string): boolean {
  if (pid === process.pid) return held.has(path)
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

function inUse(file: string, holder: string, path: string): Error {
  return new Error(`${file} is in use by ${holder}, and is for one stand-in alone; if none runs, remove ${path}`)
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}
