import { join } from 'node:path'
import { ROOT, startChild } from '../run/child.ts'
import { LOOPBACK } from '../services.ts'
import { webhooks } from '../webhooks.ts'
import { FOLDERS } from './folders.ts'
import { keepProcess } from './keep-process.ts'
import type { Log } from './log.ts'
import type { Part } from './shutdown.ts'

type StandIn = Part & { url: string }

/** Takes mail instead of Resend, and shows it. */
export function startMailbox(
  port: number,
  { publicUrl, webhookSecret }: { publicUrl: string; webhookSecret: string },
  log: Log,
): StandIn {
  const env = { DATA_FILE: FOLDERS.mails, WEBHOOK_URL: webhooks(publicUrl).mail, WEBHOOK_SECRET: webhookSecret }
  return startStandIn({ name: 'mailbox', script: 'tools/mailbox/src/main.ts', port, env }, log)
}

/** Takes payments instead of Stripe, and tells the product of them. */
export function startStripe(
  port: number,
  { publicUrl, webhookSecret }: { publicUrl: string; webhookSecret: string },
  log: Log,
): StandIn {
  const env = {
    DATA_FILE: FOLDERS.stripe,
    PUBLIC_URL: address(port),
    WEBHOOK_URL: webhooks(publicUrl).stripe,
    WEBHOOK_SECRET: webhookSecret,
  }
  return startStandIn({ name: 'stripe', script: 'tools/stripe-emulator/src/main.ts', port, env }, log)
}

/** In a process of its own, as in a container: what ends it ends nothing else. */
function startStandIn(
  { name, script, port, env }: { name: string; script: string; port: number; env: Record<string, string> },
  log: Log,
): StandIn {
  const own = { ...process.env, HOST: LOOPBACK.HOST, PORT: String(port), ...env }
  const kept = keepProcess(
    name,
    (onLine) => startChild({ script: join(ROOT, script), cwd: ROOT, env: own, onLine }),
    log,
  )
  return { name, url: address(port), stop: () => kept.stop(), kill: () => kept.kill() }
}

/** As a browser writes it: pages for people are on this address. */
function address(port: number): string {
  return `http://localhost:${port}`
}
