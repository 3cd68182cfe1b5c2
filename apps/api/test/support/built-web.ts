import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { makeOnce } from '@lightpress/local'

/** The web as it is deployed: its folder. */
export function builtWeb(): Promise<string> {
  return makeOnce('web', build)
}

async function build(folder: string): Promise<void> {
  const web = fileURLToPath(new URL('../../../web', import.meta.url))
  const vite = join(dirname(createRequire(join(web, 'package.json')).resolve('vite/package.json')), 'bin/vite.js')
  const args = [vite, 'build', web, '--outDir', folder, '--logLevel', 'warn']
  // A process of its own: the build is the one of production, whatever the tests run as.
  await promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_ENV: 'production' } })
}
