import { expect } from 'vitest'
import type { Confidant } from './confidant.ts'
import type { Answer } from './send.ts'
import { isSignedBy, startWebhookReceiver } from './webhook-receiver.ts'

/** What this comes by. */
export const webhookKinds = ['the secret of a webhook', 'the key of a webhook']

/**
 * An endpoint from its beginning to its end, with all that shows it: its secret is in the answer that makes it, in the one
 * that makes another, and in no other.
 */
export async function walkWebhooks({ call, keep }: Confidant, headers: Record<string, string>): Promise<void> {
  const receiver = await startWebhookReceiver()
  const secrets: string[] = []
  const kept = (answer: Answer, status: number): string => {
    expect([answer.status, answer.text]).toEqual([status, answer.text])
    const { id, secret } = answer.json as { id: string; secret: string }
    secrets.push(keep('the secret of a webhook', secret))
    keep('the key of a webhook', secret.slice('whsec_'.length))
    return id
  }
  const plain = async (path: string, { method = 'GET', body }: { method?: string; body?: object } = {}) => {
    const answer = await call(path, { method, headers, ...(body && { body }) })
    for (const secret of secrets) expect([path, answer.text.includes(secret)]).toEqual([path, false])
    return answer
  }
  try {
    const wish = { url: receiver.url, eventTypes: ['member.joined'] }
    const once = { ...headers, 'idempotency-key': 'an endpoint' }
    const id = kept(await call('/v1/webhook-endpoints', { body: wish, headers: once }), 201)
    kept(await call('/v1/webhook-endpoints', { body: wish, headers: once }), 201)
    const endpoint = `/v1/webhook-endpoints/${id}`
    kept(await call(`${endpoint}/rotate-secret`, { body: { overlapHours: 1 }, headers }), 200)
    const tested = await plain(`${endpoint}/test`, { method: 'POST', body: {} })
    const [request] = receiver.received
    expect(secrets.map((secret) => request && isSignedBy(request, secret))).toEqual([true, true, true])
    const { id: deliveryId } = tested.json as { id: string }
    const delivery = `/v1/webhook-endpoints/deliveries/${deliveryId}`
    for (const path of ['/v1/webhook-endpoints', endpoint, `${endpoint}/deliveries`, delivery])
      expect((await plain(path)).status).toBe(200)
    expect((await plain(`${delivery}/replay`, { method: 'POST', body: {} })).status).toBe(201)
    expect((await plain(endpoint, { method: 'PATCH', body: { description: 'Ours' } })).status).toBe(200)
    // By who has it in their hands. Base64 has slashes or none: a path that is routed, and one that is not.
    const [secret = ''] = secrets
    expect((await call(endpoint, { method: 'PATCH', body: { url: secret }, headers })).status).toBe(400)
    for (const path of [encodeURIComponent(secret), secret, `nowhere/${secret}`])
      expect((await call(`/v1/webhook-endpoints/${path}`, { method: 'GET', headers })).status).toBeGreaterThanOrEqual(
        400,
      )
    expect((await plain(endpoint, { method: 'DELETE' })).status).toBe(200)
  } finally {
    await receiver.close()
  }
}
