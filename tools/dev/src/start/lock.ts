import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { SetupError, commandLine, errorCode, isAlive } from '@lightpress/local'

/** Claims the data folder for this process; refuses while another one, still alive, holds it. */
export function takeLock(file: string): () => void {
  mkdirSync(dirname(file), { recursive: true })
  const holder = lockHolder(file)
  if (holder !== undefined)
    throw new SetupError(`Lightpress already runs from this folder (process ${holder}). Stop that one first.`)
  rmSync(file, { force: true })
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
    throw new SetupError('Lightpress is being started from this folder by somebody else at this moment.')
  }
  return () => rmSync(file, { force: true })
}

/** The process that holds the lock; one that died without giving it back does not. */
export function lockHolder(file: string): number | undefined {
  let pid: number
  try {
    pid = Number(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
  // The number may have gone to another program since.
  return pid !== process.pid && isAlive(pid) && /main\.ts|reset\.ts/.test(commandLine(pid)) ? pid : undefined
}
