// npm run lightpress -- keys rotate: what `main.js keys rotate` is in production, for the product that `npm start` runs.
import { join } from 'node:path'
import { explain, SetupError } from '@lightpress/local'
import { ROOT, startChild } from './run/child.ts'
import { COMMANDS } from './services.ts'
import { readEnvironment, readKeptEnvironment, serviceEnvironment } from './start/environment.ts'
import { FOLDERS } from './start/folders.ts'
import { lockHolder } from './start/lock.ts'

/** Without words it would serve; the product does that already. Whatever is not known lists what is. */
const words = process.argv.length > 2 ? process.argv.slice(2) : ['help']

try {
  if (lockHolder(FOLDERS.lock) === undefined)
    throw new SetupError('Nothing runs from this folder. Start the product with `npm start` and try again beside it.')
  const env = serviceEnvironment({ LOG_LEVEL: 'warn', ...readKeptEnvironment() }, readEnvironment())
  const { exited } = startChild({
    script: join(ROOT, COMMANDS),
    args: words,
    cwd: ROOT,
    env,
    onLine: (line) => console.log(line),
  })
  process.exitCode = (await exited).code ?? 1
} catch (error) {
  console.error(explain(error))
  process.exitCode = 1
}
