import { createHmac, randomUUID } from 'node:crypto'
import type { Mail } from './mailbox.ts'

/** Where Resend would tell what became of a mail, and what it signs that with (`whsec_…`). */
export interface WebhookTarget {
  url: string
  secret: string
}

/** What may become of a mail. */
export const fates = ['delivered', 'bounced', 'complained'] as const
export type Fate = (typeof fates)[number]

/** Tells it as Resend does: signed as Svix signs, under a new id each time. Answers the status that came back. */
export async function tell({ url, secret }: WebhookTarget, mail: Mail, fate: Fate): Promise<number> {
  const { id: email_id, to, subject } = mail
  const created_at = new Date().toISOString()
  const bounce = { type: 'Permanent', subType: 'General', message: 'There is no such mailbox (played).' }
  const data = { email_id, to, subject, created_at, ...(fate === 'bounced' && { bounce }) }
  const body = JSON.stringify({ type: `email.${fate}`, created_at, data })
  const id = `msg_${randomUUID()}`
  const timestamp = String(Math.floor(Date.now() / 1_000))
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  const headers = { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': `v1,${signature}` }
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  await response.body?.cancel()
  return response.status
}
