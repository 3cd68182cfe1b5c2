import { z } from 'zod'
import { createStripeEmulator } from './emulator.ts'

const hostName = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i

/** Of an empty text, too, `Number` makes a 0. */
const number = z.string().min(1).pipe(z.coerce.number())

const environment = z
  .object({
    PORT: number.pipe(z.int().min(0).max(65_535)).default(4242),
    HOST: z.string().min(1).default('127.0.0.1'),
    ALLOWED_HOSTS: z
      .string()
      .transform((names) => names.split(',').map((name) => name.trim()))
      .pipe(z.array(z.string().regex(hostName, { error: 'names, without ports, between commas' })))
      .optional(),
    DATA_FILE: z.string().min(1).optional(),
    WEBHOOK_URL: z.url({ protocol: /^https?$/ }).optional(),
    WEBHOOK_SECRET: z.string().startsWith('whsec_').optional(),
    PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
    WEBHOOK_PACE: number.pipe(z.number().min(1)).optional(),
    WEBHOOK_CONCURRENCY: number.pipe(z.int().min(1).max(100)).optional(),
    RATE_LIMIT: number.pipe(z.number().min(1)).optional(),
    CLOCK: z.iso.datetime({ error: 'a time in UTC' }).pipe(z.coerce.date()).optional(),
  })
  .refine((env) => (env.WEBHOOK_URL === undefined) === (env.WEBHOOK_SECRET === undefined), {
    path: ['WEBHOOK_URL, WEBHOOK_SECRET'],
    error: 'set both, or neither',
    // Also where something else is wrong: all of it is said at once.
    when: () => true,
  })

const examples = `  PORT=4242 DATA_FILE=./stripe.json PUBLIC_URL=https://stripe.example.com ALLOWED_HOSTS=stripe.lan,desk.lan
  WEBHOOK_URL=http://localhost:3000/v1/billing/webhooks/stripe WEBHOOK_SECRET=whsec_anything WEBHOOK_PACE=300
  WEBHOOK_CONCURRENCY=4 RATE_LIMIT=25 CLOCK=2026-01-01T00:00:00Z`

/** Starts the stand-in as the environment says, and says where it listens or why it cannot start. */
export async function run(): Promise<void> {
  const env = environment.safeParse(process.env)
  if (!env.success) {
    const mistakes = env.error.issues.map(({ path, message }) => `  ${path[0]?.toString() ?? ''}: ${message}`)
    return fail('cannot start', [...mistakes, 'For example:', examples].join('\n'))
  }
  const { PORT, HOST, ALLOWED_HOSTS, DATA_FILE, WEBHOOK_URL, WEBHOOK_SECRET, PUBLIC_URL } = env.data
  const { WEBHOOK_PACE, WEBHOOK_CONCURRENCY, RATE_LIMIT, CLOCK } = env.data
  try {
    const emulator = await createStripeEmulator({
      ...(ALLOWED_HOSTS !== undefined && { allowedHosts: ALLOWED_HOSTS }),
      ...(DATA_FILE !== undefined && { dataFile: DATA_FILE }),
      ...(PUBLIC_URL !== undefined && { publicUrl: PUBLIC_URL }),
      ...(WEBHOOK_PACE !== undefined && { webhookPace: WEBHOOK_PACE }),
      ...(WEBHOOK_CONCURRENCY !== undefined && { webhookConcurrency: WEBHOOK_CONCURRENCY }),
      ...(RATE_LIMIT !== undefined && { rateLimit: RATE_LIMIT }),
      ...(CLOCK !== undefined && { clock: CLOCK }),
      ...(WEBHOOK_URL !== undefined &&
        WEBHOOK_SECRET !== undefined && { webhooks: [{ url: WEBHOOK_URL, secret: WEBHOOK_SECRET }] }),
    })
    const stop = () => void emulator.close().catch((error: unknown) => fail('did not stop well', `  ${textOf(error)}`))
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop)
    const { url } = await emulator.listen({ port: PORT, host: HOST })
    process.stdout.write(`Stripe stand-in on ${url}\n`)
  } catch (error) {
    fail('cannot start', `  ${textOf(error)}`)
  }
}

function fail(how: string, why: string): void {
  process.stderr.write(`The Stripe stand-in ${how}:\n${why}\n`)
  process.exitCode = 1
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
