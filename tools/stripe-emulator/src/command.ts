import { z } from 'zod'
import { createStripeEmulator } from './emulator.ts'

const environment = z
  .object({
    PORT: z.coerce.number().int().min(0).max(65_535).default(4242),
    HOST: z.string().min(1).default('127.0.0.1'),
    DATA_FILE: z.string().min(1).optional(),
    WEBHOOK_URL: z.url({ protocol: /^https?$/ }).optional(),
    WEBHOOK_SECRET: z.string().startsWith('whsec_').optional(),
    PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
    WEBHOOK_PACE: z.coerce.number().min(1).optional(),
    RATE_LIMIT: z.coerce.number().min(1).optional(),
  })
  .refine((env) => (env.WEBHOOK_URL === undefined) === (env.WEBHOOK_SECRET === undefined), {
    path: ['WEBHOOK_URL, WEBHOOK_SECRET'],
    error: 'set both, or neither',
  })

const examples = `  PORT=4242 HOST=0.0.0.0 DATA_FILE=./stripe.json PUBLIC_URL=http://localhost:4242
  WEBHOOK_URL=http://localhost:3000/v1/billing/webhooks/stripe WEBHOOK_SECRET=whsec_anything WEBHOOK_PACE=300
  RATE_LIMIT=25`

/** Starts the stand-in as the environment says, and says where it listens or why it cannot start. */
export async function run(): Promise<void> {
  const env = environment.safeParse(process.env)
  if (!env.success)
    return fail(
      [
        ...env.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`),
        'For example:',
        examples,
      ].join('\n'),
    )
  const { PORT, HOST, DATA_FILE, WEBHOOK_URL, WEBHOOK_SECRET, PUBLIC_URL, WEBHOOK_PACE, RATE_LIMIT } = env.data
  try {
    const emulator = await createStripeEmulator({
      ...(DATA_FILE !== undefined && { dataFile: DATA_FILE }),
      ...(PUBLIC_URL !== undefined && { publicUrl: PUBLIC_URL }),
      ...(WEBHOOK_PACE !== undefined && { webhookPace: WEBHOOK_PACE }),
      ...(RATE_LIMIT !== undefined && { rateLimit: RATE_LIMIT }),
      ...(WEBHOOK_URL !== undefined &&
        WEBHOOK_SECRET !== undefined && { webhooks: [{ url: WEBHOOK_URL, secret: WEBHOOK_SECRET }] }),
    })
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void emulator.close())
    const { url } = await emulator.listen({ port: PORT, host: HOST })
    process.stdout.write(`Stripe stand-in on ${url}\n`)
  } catch (error) {
    fail(`  ${error instanceof Error ? error.message : String(error)}`)
  }
}

function fail(reason: string): void {
  process.stderr.write(`The Stripe stand-in cannot start:\n${reason}\n`)
  process.exitCode = 1
}
