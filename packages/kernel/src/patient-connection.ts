import {
  assertSchemaCompatibility,
  PostgresConnection,
  PostgresQueueBackend,
  type BackendFactory,
  type PgPool,
} from 'bullmq'
import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds until PostgreSQL is asked again whether it is there. */
const AGAIN_AFTER = 1_000

/**
 * BullMQ remembers that its first connection failed and answers that from then on, at once: a process that was started while
 * PostgreSQL was slow would go round and round in its workers, and send nothing, until somebody started it anew. This one
 * waits for PostgreSQL as the ioredis that BullMQ uses for Redis does. (BullMQ 6.7.0, `PostgresConnection.waitUntilReady`.)
 */
class PatientConnection extends PostgresConnection {
  #ready: Promise<void> | undefined

  override waitUntilReady(): Promise<void> {
    this.#ready ??= this.#untilItIsThere()
    return this.#ready
  }

  async #untilItIsThere(): Promise<void> {
    for (;;) {
      if (this.isClosing) throw new Error('the connection to the queue is closed')
      try {
        await this.#look()
        break
      } catch (error) {
        this.emit('error', error)
        await sleep(AGAIN_AFTER)
      }
    }
    // As BullMQ does: whoever listens from the next line on is told, too.
    setTimeout(() => this.emit('ready'), 0)
  }

  async #look(): Promise<void> {
    const client = await this.pool.connect()
    try {
      await assertSchemaCompatibility(client, this.schema)
    } finally {
      client.release()
    }
  }
}

export const createPatientBackend: BackendFactory<PostgresQueueBackend, PgPool> = (name, options) =>
  new PostgresQueueBackend(new PatientConnection(options.connection), name, options, true)
