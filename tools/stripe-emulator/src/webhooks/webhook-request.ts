import { createHmac } from 'node:crypto'
import type { EndpointRecord, EventRecord } from '../state/state.ts'

const timeout = 10_000

export interface WebhookAnswer {
  /** `down`: nobody is there (no connection, or a proxy says so). `refused`: somebody is, and did not say 2xx. */
  result: 'accepted' | 'refused' | 'down'
  text: string
}

/** Posts the event as Stripe does: indented JSON, and the signature over exactly these bytes. */
export async function sendWebhook(
  event: EventRecord,
  { endpoint, secret, rolled }: EndpointRecord,
  closing: AbortSignal,
): Promise<WebhookAnswer> {
  const payload = JSON.stringify(event, null, 2)
  const secrets = [secret, ...rolled.filter(({ until }) => until > Date.now()).map((one) => one.secret)]
  try {
    const response = await fetch(endpoint.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': sign(payload, secrets),
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      },
      body: payload,
      redirect: 'manual',
      signal: AbortSignal.any([closing, AbortSignal.timeout(timeout)]),
    })
    await response.body?.cancel()
    const result = response.ok ? 'accepted' : [502, 503, 504].includes(response.status) ? 'down' : 'refused'
    return { result, text: `HTTP ${response.status}` }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      return { result: 'refused', text: `no answer within ${timeout / 1000} s` }
    }
    return { result: 'down', text: causeOf(error) }
  }
}

/**
 * One signature for each secret that is in force, and the fake one of the scheme `v0` that test events carry:
 * https://docs.stripe.com/webhooks/signature#verify-manually. The receiver compares the time with its own clock, so it
 * is the real one, whatever the stand-in's clock says.
 */
function sign(payload: string, secrets: readonly string[]): string {
  const time = Math.floor(Date.now() / 1000)
  const hmac = (secret: string) => createHmac('sha256', secret).update(`${time}.${payload}`).digest('hex')
  return [`t=${time}`, ...secrets.map((secret) => `v1=${hmac(secret)}`), `v0=${hmac('whsec_fake')}`].join(',')
}

function causeOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code
  return cause instanceof Error ? cause.message : String(cause)
}
