import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

/**
 * The time between "send me nothing more" and "nobody listens here". A load balancer hears the first by looking at
 * /health/ready, every few seconds; a process that stopped listening at once would lose what is sent to it until then.
 * Meanwhile it answers as ever, and asks everybody to come back by another connection: a kept one that is closed under
 * a request loses it.
 */
export function createDrain(milliseconds: number) {
  let draining = false
  return {
    /** To be called before the listener is ready. */
    tellClients(app: FastifyInstance): void {
      app.addHook('onSend', (_request, reply, _payload, done) => {
        if (draining) void reply.header('connection', 'close')
        done()
      })
    },
    checkReady(): void {
      if (draining) throw new Error('shutting down')
    },
    async run(): Promise<void> {
      draining = true
      if (milliseconds > 0) await sleep(milliseconds)
    },
  }
}
