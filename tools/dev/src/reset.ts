// npm run reset: the next start begins with nothing but the code.
import { existsSync, rmSync } from 'node:fs'
import { endLeftoverPostgres, locateData, removeData } from '@lightpress/local'
import { FOLDERS } from './start/folders.ts'
import { lockHolder } from './start/lock.ts'

const holder = lockHolder(FOLDERS.lock)
if (holder !== undefined) {
  console.error(`Lightpress is running from this folder (process ${holder}). Stop it with Ctrl-C, then reset.`)
  process.exitCode = 1
} else if (!existsSync(FOLDERS.secrets)) {
  // Our mark: nothing is removed from a folder that we did not make.
  console.log('There is nothing to reset: nothing was started here yet.')
} else {
  const database = locateData(FOLDERS.postgres)
  const folders = database === FOLDERS.postgres ? FOLDERS.data : `${FOLDERS.data} and ${database}`
  await endLeftoverPostgres(FOLDERS.postgres)
  removeData(FOLDERS.postgres)
  rmSync(FOLDERS.data, { recursive: true, force: true })
  console.log(`Removed ${folders}: the database, mails, payments and keys of development.`)
}
