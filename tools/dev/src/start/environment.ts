import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../run/child.ts'
import { LOOPBACK } from '../services.ts'
import { FOLDERS } from './folders.ts'

/** The real environment, over `.env`; what is set to nothing counts as not set. Vite gets `process.env` as it is. */
export function readEnvironment(): NodeJS.ProcessEnv {
  const file = join(ROOT, '.env')
  if (existsSync(file)) process.loadEnvFile(file)
  // Whatever a shell profile says, or a `.env` made for production: nothing else can seed, or reload.
  process.env.NODE_ENV = 'development'
  return Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''))
}

/** What we made goes under what the environment says, and over it what a HOST in a shell profile must not change. */
export function serviceEnvironment(made: Record<string, string>, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...made, ...env, ...LOOPBACK }
}

/** Whether the data are in a database that the person brought. */
export function bringsDatabase(env: NodeJS.ProcessEnv): boolean {
  return Object.keys(env).some((name) => name.endsWith('DATABASE_URL'))
}

/**
 * What services refuse to start with under an address that others can reach, and so goes with one that we made only:
 * webhooks to this machine and, in data that we made, programs that say by a header who they are.
 */
export function forThisMachine(env: NodeJS.ProcessEnv): Record<string, string> {
  if (env.PUBLIC_URL !== undefined) return {}
  return { WEBHOOK_TARGETS: 'local', ...(!bringsDatabase(env) && { DEVELOPMENT_SIGN_IN: 'true' }) }
}

/** Keeps what we made for the commands that are given while the product runs. */
export function keepEnvironment(made: Record<string, string>): void {
  writeFileSync(FOLDERS.environment, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 })
}

export function readKeptEnvironment(): Record<string, string> {
  return JSON.parse(readFileSync(FOLDERS.environment, 'utf8')) as Record<string, string>
}
