import type { Config } from '../config.ts'
import { createGate } from './gate.ts'
import { createSender } from './sender.ts'
import { createTargets } from './targets.ts'

/** Connections to the database that webhooks have at once, of the ten: turns wait for each other, and nothing else for them. */
const CONNECTIONS = 3

/** What webhooks keep for the life of a process: connections to customers' servers, and where they may lead. */
export function createWebhooks({ WEBHOOK_TARGETS, WEBHOOK_RETRIES }: Config) {
  const targets = createTargets(WEBHOOK_TARGETS)
  return {
    targets,
    sender: createSender(targets),
    gate: createGate(CONNECTIONS),
    /** Endpoints for which a job waits to look what is due. */
    asked: new Set<string>(),
    retries: WEBHOOK_RETRIES,
  }
}

export type Webhooks = ReturnType<typeof createWebhooks>
