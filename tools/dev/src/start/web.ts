import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { SetupError, freePort } from '@lightpress/local'
import { ROOT, startChild } from '../run/child.ts'
import type { Child } from '../run/child.ts'

const WEB = join(ROOT, 'apps/web')

export interface Web {
  url: string
  /** `mailbox` is where its pages send people who wait for a mail. */
  start(options: { mailbox: string | undefined; onLine: (line: string) => void }): Child
}

/** Vite's development server for the web: reached through the gateway, its updates too. */
export async function planWeb(): Promise<Web> {
  const port = await freePort()
  const script = viteScript()
  return {
    url: `http://127.0.0.1:${port}`,
    start: ({ mailbox, onLine }) =>
      startChild({
        script,
        args: [
          '--host',
          '127.0.0.1',
          '--port',
          String(port),
          '--strictPort',
          '--logLevel',
          'warn',
          '--clearScreen',
          'false',
        ],
        cwd: WEB,
        env: { ...process.env, ...(mailbox && { VITE_MAILBOX_URL: mailbox }) },
        onLine,
      }),
  }
}

function viteScript(): string {
  try {
    const manifest = createRequire(join(WEB, 'package.json')).resolve('vite/package.json')
    const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: { vite: string } }
    return join(dirname(manifest), bin.vite)
  } catch (error) {
    throw new SetupError(`Vite is not installed for apps/web: ${(error as Error).message}`)
  }
}
