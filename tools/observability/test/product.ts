import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createTestDatabase, freePort } from '@lightpress/local'
import { testEnvironment, until } from '@lightpress/testing'

const API = fileURLToPath(new URL('../../../apps/api/src/main.ts', import.meta.url))

export interface Product {
  url: string
  /** Of the internal port, where it is scraped. */
  internalUrl: string
  /** Lines of its log. */
  lines: string[]
  close(): Promise<void>
}

/** The product as it is run, every module in one process of its own; its vendors are at `vendors`. */
export async function startProduct(vendors: string, env: Record<string, string> = {}): Promise<Product> {
  const database = await createTestDatabase()
  const [port, internalPort] = [await freePort(), await freePort()]
  const environment = {
    ...testEnvironment(database.url),
    ...{ LOG_LEVEL: 'info', PORT: String(port), INTERNAL_PORT: String(internalPort) },
    ...{ STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: 'whsec_1', STRIPE_API_BASE: vendors },
    ...{ RESEND_API_KEY: 're_1', RESEND_WEBHOOK_SECRET: 'whsec_MQ==', RESEND_BASE_URL: vendors, RESEND_RATE: '1000' },
    EMAIL_FROM: 'Lightpress <hello@example.com>',
    ...env,
  }
  const start = (...args: string[]) =>
    spawn(process.execPath, [API, ...args], { env: { PATH: process.env.PATH, ...environment } })
  const lines: string[] = []
  const listen = (child: ReturnType<typeof start>) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => lines.push(...text.toString().split('\n').filter(Boolean)))
    return child
  }
  const [code] = (await once(listen(start('migrate')), 'close')) as [number | null]
  if (code !== 0) throw new Error(lines.join('\n'))
  const child = listen(start())
  const url = `http://127.0.0.1:${port}`
  await until(
    () =>
      fetch(`${url}/health/ready`).then(
        ({ status }) => status,
        () => undefined,
      ),
    (status) => {
      if (child.exitCode !== null) throw new Error(lines.join('\n'))
      return status === 200
    },
    { timeout: 120_000 },
  )
  return {
    ...{ url, internalUrl: `http://127.0.0.1:${internalPort}`, lines },
    async close() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'close')
      await database.drop()
    },
  }
}
