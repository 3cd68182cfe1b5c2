import { z } from 'zod'

/** Asks to tell those who look after an organisation that we switched an endpoint off, after which delivery. */
export const tellDisabled = {
  name: 'tell_webhook_disabled',
  payload: z.object({ endpointId: z.uuid(), deliveryId: z.uuid() }),
}
