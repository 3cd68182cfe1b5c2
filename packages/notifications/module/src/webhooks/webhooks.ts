import type { Config } from '../config.ts'
import { createSender } from './sender.ts'
import { createTargets } from './targets.ts'

/** What webhooks keep for the life of a process: connections to customers' servers, and where they may lead. */
export function createWebhooks({ WEBHOOK_TARGETS, WEBHOOK_RETRIES }: Config) {
  const targets = createTargets(WEBHOOK_TARGETS)
  return { targets, sender: createSender(targets), retries: WEBHOOK_RETRIES }
}

export type Webhooks = ReturnType<typeof createWebhooks>
