import { join } from 'node:path'
import { ROOT, startChild } from '../run/child.ts'
import type { Child } from '../run/child.ts'
import { runToEnd } from '../run/run-to-end.ts'
import { COMMANDS } from '../services.ts'
import type { Service } from '../services.ts'
import type { Gallery } from './gallery.ts'
import { keepProcess } from './keep-process.ts'
import type { Log } from './log.ts'
import type { Part } from './shutdown.ts'
import { watchFiles } from './watch.ts'

export interface ProductOptions {
  services: readonly Service[]
  web: (onLine: (line: string) => void) => Child
  gallery: Gallery
  env: NodeJS.ProcessEnv
  log: Log
}

/** The product's own processes, each brought back when it crashes and renewed when its code changes. */
export function startProduct({ services, web, gallery, env, log }: ProductOptions): Part {
  const backends = [
    ...services.map((service) => keepProcess(service.name, (onLine) => startService(service, env, onLine), log)),
    keepProcess('mails', (onLine) => gallery.start(env, onLine), log),
  ]
  const frontend = keepProcess('web', web, log)
  const unwatch = watchFiles(ROOT, ['packages', ...services.map(({ entry }) => entry.split('/', 2).join('/'))], renew)
  let renewing = Promise.resolve()

  function renew(files: string[]): void {
    renewing = renewing.then(async () => {
      log.say(`${describe(files)} changed: restarting`)
      if (files.some((file) => file.endsWith('.sql')))
        await migrate(env, log).catch((error: Error) => log.warn(error.message))
      // Vite reloads what it serves; the contracts it reads once, with its configuration.
      const shared = files.some((file) => /^packages.(protocol|\w+.contract)/.test(file))
      await Promise.all([...backends, ...(shared ? [frontend] : [])].map((part) => part.restart()))
    })
  }

  return {
    name: 'the product',
    async stop() {
      unwatch()
      await Promise.all([...backends, frontend].map((part) => part.stop()))
    },
    kill: () => [...backends, frontend].forEach((part) => part.kill()),
  }
}

/** Brings the schemas of all modules up to date. */
export function migrate(env: NodeJS.ProcessEnv, log: Log): Promise<void> {
  return command('migrate', env, log)
}

/** Puts in the people and things that development starts with. */
export function seed(env: NodeJS.ProcessEnv, log: Log): Promise<void> {
  return command('seed', { LOG_LEVEL: 'warn', ...env }, log)
}

function command(name: 'migrate' | 'seed', env: NodeJS.ProcessEnv, log: Log): Promise<void> {
  return runToEnd(`The step "${name}"`, {
    script: join(ROOT, COMMANDS),
    args: [name],
    cwd: ROOT,
    env,
    onLine: log.from(name),
  })
}

function startService(service: Service, env: NodeJS.ProcessEnv, onLine: (line: string) => void) {
  return startChild({ script: join(ROOT, service.entry), cwd: ROOT, env: { ...env, ...service.env }, onLine })
}

function describe(files: string[]): string {
  return files.length === 1 ? String(files[0]) : `${files[0]} and ${files.length - 1} more`
}
