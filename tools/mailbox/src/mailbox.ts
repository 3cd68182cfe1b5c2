import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { openJournal } from './journal.ts'
import type { Journal } from './journal.ts'
import { forReading } from './for-reading.ts'
import { fates, tell, type Fate, type WebhookTarget } from './webhooks.ts'

export interface MailboxOptions {
  /** A free one by default. */
  port?: number
  /** The loopback by default; 0.0.0.0 in a container. */
  host?: string
  /** Where the mails are kept over a restart; without it they are not. */
  file?: string
  /** Where it tells what became of a mail, when somebody plays that. */
  webhook?: WebhookTarget
}

export interface Mailbox {
  /** For RESEND_BASE_URL, and for `readMails`. */
  url: string
  /** For people. */
  inbox: string
  /** Plays what becomes of a mail: `POST /play/<id>/<fate>`, or the buttons beside it. Needs a `webhook`. */
  play(id: string, fate: Fate): Promise<void>
  stop(): Promise<void>
}

export interface Mail {
  id: string
  to: string[]
  subject: string
  html: string | null
  text: string | null
}

/**
 * Resend's API and a page that shows what was sent: `emulate`'s, behind a front that keeps the mails,
 * because its Resend forgets them with the process. Idempotency keys hold for a day, as at Resend.
 */
export async function startMailbox({
  port = 0,
  host = '127.0.0.1',
  file,
  webhook,
}: MailboxOptions = {}): Promise<Mailbox> {
  const { createEmulator } = await import('emulate')
  const emulator = await createEmulator({ service: 'resend', port: 0 })
  // emulate says `localhost` but listens on IPv4 alone.
  const emulatorUrl = emulator.url.replace('localhost', '127.0.0.1')
  const journal = await openJournal(file, emulatorUrl)

  const front = Fastify({ bodyLimit: 50 * 1024 * 1024, forceCloseConnections: true })
  front.removeAllContentTypeParsers()
  front.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  front.get('/', (_request, reply) => reply.redirect('/inbox'))
  const play = async (id: string, fate: Fate) => {
    const mail = (await readMails(`http://127.0.0.1:${portOf(front)}`)).find((one) => one.id === id)
    if (!mail || !webhook) throw new Error(mail ? 'The mailbox knows no webhook to tell it' : `There is no mail ${id}`)
    const status = await tell(webhook, mail, fate)
    if (status >= 300) throw new Error(`The webhook was answered with ${status}`)
  }
  front.post<{ Params: { id: string; fate: string } }>('/play/:id/:fate', async ({ params: { id, fate } }, reply) => {
    const known = fates.find((one) => one === fate)
    if (!known) return reply.code(404).send()
    await play(id, known)
    return reply.redirect(`/inbox/${id}`, 303)
  })
  front.all('/*', async (request, reply) => {
    const answer = await forward(request, { emulatorUrl, journal, plays: webhook !== undefined })
    return reply.code(answer.status).headers(answer.headers).send(answer.body)
  })
  await front.listen({ port, host })
  const actual = portOf(front)
  return {
    url: `http://localhost:${actual}`,
    inbox: `http://localhost:${actual}/inbox`,
    play,
    async stop() {
      await front.close()
      await emulator.close()
    },
  }
}

/** The mails of a mailbox, oldest first. */
export async function readMails(url: string): Promise<Mail[]> {
  const response = await fetch(new URL('/emails', url))
  const { data } = (await response.json()) as { data: Mail[] }
  return data.map(({ id, to, subject, html, text }) => ({ id, to, subject, html, text }))
}

function portOf({ server }: FastifyInstance): number {
  return (server.address() as AddressInfo).port
}

async function forward(
  request: FastifyRequest,
  { emulatorUrl, journal, plays }: { emulatorUrl: string; journal: Journal; plays: boolean },
) {
  const { method, headers } = request
  const sent = typeof request.body === 'string' ? request.body : undefined
  const path = journal.toEmulator(request.url)
  const key = headers['idempotency-key']
  const response = await fetch(new URL(path, emulatorUrl), {
    method,
    headers: {
      ...(headers['content-type'] && { 'content-type': headers['content-type'] }),
      ...(typeof key === 'string' && { 'idempotency-key': key }),
    },
    redirect: 'manual',
    ...(sent !== undefined && { body: sent }),
  })
  const type = response.headers.get('content-type') ?? ''
  if (!/json|html/.test(type)) {
    return {
      status: response.status,
      headers: { 'content-type': type },
      body: Buffer.from(await response.arrayBuffer()),
    }
  }
  const text = await response.text()
  if (method === 'POST' && response.ok && sent !== undefined)
    await journal.record({ path, body: sent, key: String(key ?? '') }, text)
  const answer = journal.fromEmulator(text)
  const body = type.includes('html') ? forReading(answer, request.url, plays ? fates : []) : answer
  return { status: response.status, headers: { 'content-type': type }, body }
}
