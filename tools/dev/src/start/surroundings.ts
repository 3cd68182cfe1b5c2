import { killProcess, startRedis } from '@lightpress/local'
import { startMailbox } from '@lightpress/mailbox'
import type { Surroundings } from '../services.ts'
import { startStripe } from '../stripe.ts'
import { readAddresses, sameOrFreePort } from './addresses.ts'
import type { StartArguments } from './arguments.ts'
import { checkDatabase, openDatabase } from './database.ts'
import { FOLDERS } from './folders.ts'
import type { Log } from './log.ts'
import { readSecrets } from './secrets.ts'
import type { Shutdown } from './shutdown.ts'

/** Starts what the services stand on; what the environment already names is used instead. */
export async function openSurroundings(
  { topology }: StartArguments,
  publicUrl: string,
  { env, log, shutdown }: { env: NodeJS.ProcessEnv; log: Log; shutdown: Shutdown },
): Promise<Surroundings> {
  const last = readAddresses(FOLDERS.addresses)
  const secrets = readSecrets(FOLDERS.secrets)

  // One after the other: they are stopped the other way round.
  const databaseUrl = env.DATABASE_URL ?? (await shutdown.add(await openDatabase(FOLDERS.postgres, log))).url
  if (env.DATABASE_URL) await checkDatabase(env.DATABASE_URL)
  return {
    publicUrl,
    secrets,
    databaseUrl,
    queueUrl: env.QUEUE_URL ?? (topology === 'split' ? await openRedis(shutdown) : undefined) ?? databaseUrl,
    mailboxUrl: env.RESEND_API_KEY ? undefined : await openMailbox(await sameOrFreePort(last?.mailbox), shutdown),
    stripeUrl: env.STRIPE_SECRET_KEY ? undefined : await openStripe(await sameOrFreePort(last?.stripe)),
  }

  async function openStripe(port: number): Promise<string> {
    const webhookSecret = env.STRIPE_WEBHOOK_SECRET ?? secrets.STRIPE_WEBHOOK_SECRET ?? ''
    const stripe = await startStripe({ publicUrl, webhookSecret, port, file: FOLDERS.stripe, log: log.from('stripe') })
    return (await shutdown.add({ name: 'the Stripe stand-in', ...stripe })).url
  }
}

/** Redis, where it is installed: what split processes use in production. */
async function openRedis(shutdown: Shutdown): Promise<string | undefined> {
  const redis = await startRedis({ dir: FOLDERS.redis })
  if (!redis) return undefined
  return (await shutdown.add({ name: 'Redis', ...redis, kill: () => killProcess(redis.pid, 'SIGKILL') })).url
}

async function openMailbox(port: number, shutdown: Shutdown): Promise<string> {
  return (await shutdown.add({ name: 'the mailbox', ...(await startMailbox({ port, file: FOLDERS.mails })) })).url
}
