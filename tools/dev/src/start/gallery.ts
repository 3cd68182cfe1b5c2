import { join } from 'node:path'
import { ROOT, startChild } from '../run/child.ts'
import type { Child } from '../run/child.ts'
import { LOOPBACK } from '../services.ts'
import { readAddresses, sameOrFreePort } from './addresses.ts'
import { FOLDERS } from './folders.ts'

export interface Gallery {
  url: string
  start(env: NodeJS.ProcessEnv, onLine: (line: string) => void): Child
}

/** Every mail in every language, without sending one. */
export async function planGallery(): Promise<Gallery> {
  const port = await sameOrFreePort(readAddresses(FOLDERS.addresses)?.mails)
  return {
    url: `http://localhost:${port}`,
    start: (env, onLine) =>
      startChild({
        script: join(ROOT, 'packages/notifications/module/mails/gallery.ts'),
        cwd: ROOT,
        env: { ...env, HOST: LOOPBACK.HOST, PORT: String(port) },
        onLine,
      }),
  }
}
