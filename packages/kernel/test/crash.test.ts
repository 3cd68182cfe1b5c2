import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { startSentry } from './support/sentry.ts'
import { startWorld } from './support/start.ts'

it('a process that fails where nobody waits ends, and says so in its log and to Sentry, without what it held', async () => {
  const [sentry, world] = [await startSentry(), await startWorld('one process')]
  try {
    const env = { ...world.env, AUTH_URL: 'http://127.0.0.1:9', LOG_LEVEL: 'info', SENTRY_DSN: sentry.dsn }
    const child = spawn(process.execPath, [fileURLToPath(new URL('support/crashing.ts', import.meta.url))], {
      env: { PATH: process.env.PATH, ...env },
    })
    const [[code], written, complaints] = await Promise.all([
      once(child, 'close'),
      text(child.stdout),
      text(child.stderr),
    ])
    expect([code, complaints]).toEqual([1, ''])
    const lines = written.split('\n').filter(Boolean)
    const last = lines.map((line) => JSON.parse(line) as object).find((line) => 'level' in line && line.level === 60)
    expect(last).toMatchObject({ msg: 'crashed', error: 'Failed query: select 1', service: 'api' })
    expect(sentry.events.map(({ tags }) => tags.module)).toEqual(['api'])
    expect(written + sentry.bodies.join()).not.toMatch(/erika|canary/)
  } finally {
    await world.close()
    await sentry.close()
  }
})
