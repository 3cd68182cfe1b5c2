import { z } from 'zod'

/**
 * Asks for one attempt at whatever is due first of what waits for the endpoint's organisation: see `send.ts`. Promised for
 * each delivery; which of the jobs takes which of the deliveries does not matter.
 */
export const sendWebhook = { name: 'send_webhook', payload: z.object({ endpointId: z.uuid() }) }
