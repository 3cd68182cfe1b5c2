import { pathToFileURL } from 'node:url'
import { isInstalled } from '@lightpress/local'
import type { Surroundings } from '../services.ts'
import { readAddresses, sameOrFreePort } from './addresses.ts'
import type { StartArguments } from './arguments.ts'
import { checkDatabase, keepPostgres } from './database.ts'
import { FOLDERS } from './folders.ts'
import type { Log } from './log.ts'
import { keepRedis } from './redis.ts'
import { readSecrets } from './secrets.ts'
import type { Shutdown } from './shutdown.ts'
import { startMailbox, startStripe } from './stand-ins.ts'

/** Starts what the services stand on; what the environment already names is used instead. */
export async function openSurroundings(
  { topology }: StartArguments,
  publicUrl: string,
  { env, log, shutdown }: { env: NodeJS.ProcessEnv; log: Log; shutdown: Shutdown },
): Promise<Surroundings> {
  const last = readAddresses(FOLDERS.addresses)
  const secrets = readSecrets(FOLDERS.secrets)

  // One after the other: they are stopped the other way round.
  const databaseUrl = env.DATABASE_URL ?? (await shutdown.add(await keepPostgres(FOLDERS.postgres, log))).url
  if (env.DATABASE_URL) await checkDatabase(env.DATABASE_URL)
  return {
    publicUrl,
    secrets,
    databaseUrl,
    storageUrl: pathToFileURL(FOLDERS.files).href,
    queueUrl: env.QUEUE_URL ?? (topology === 'split' ? await openRedis() : undefined) ?? databaseUrl,
    mailboxUrl: env.RESEND_API_KEY ? undefined : await openMailbox(),
    stripeUrl: env.STRIPE_SECRET_KEY ? undefined : await openStripe(),
  }

  /** Redis, where it is installed: what split processes use in production. */
  async function openRedis(): Promise<string | undefined> {
    return isInstalled('redis-server') ? (await shutdown.add(await keepRedis(FOLDERS.redis, log))).url : undefined
  }

  async function openMailbox(): Promise<string> {
    const webhookSecret = env.RESEND_WEBHOOK_SECRET ?? secrets.RESEND_WEBHOOK_SECRET ?? ''
    const port = await sameOrFreePort(last?.mailbox)
    return (await shutdown.add(startMailbox(port, { publicUrl, webhookSecret }, log))).url
  }

  async function openStripe(): Promise<string> {
    const webhookSecret = env.STRIPE_WEBHOOK_SECRET ?? secrets.STRIPE_WEBHOOK_SECRET ?? ''
    const port = await sameOrFreePort(last?.stripe)
    return (await shutdown.add(startStripe(port, { publicUrl, webhookSecret }, log))).url
  }
}
