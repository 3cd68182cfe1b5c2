import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import type { FastifyRequest } from 'fastify'
import { openJournal } from './journal.ts'
import type { Journal } from './journal.ts'
import { forReading } from './for-reading.ts'

export interface MailboxOptions {
  /** A free one by default. */
  port?: number
  /** The loopback by default; 0.0.0.0 in a container. */
  host?: string
  /** Where the mails are kept over a restart; without it they are not. */
  file?: string
}

export interface Mailbox {
  /** For RESEND_BASE_URL, and for `readMails`. */
  url: string
  /** For people. */
  inbox: string
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
export async function startMailbox({ port = 0, host = '127.0.0.1', file }: MailboxOptions = {}): Promise<Mailbox> {
  const { createEmulator } = await import('emulate')
  const emulator = await createEmulator({ service: 'resend', port: 0 })
  // emulate says `localhost` but listens on IPv4 alone.
  const emulatorUrl = emulator.url.replace('localhost', '127.0.0.1')
  const journal = await openJournal(file, emulatorUrl)

  const front = Fastify({ bodyLimit: 50 * 1024 * 1024, forceCloseConnections: true })
  front.removeAllContentTypeParsers()
  front.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  front.get('/', (_request, reply) => reply.redirect('/inbox'))
  front.all('/*', async (request, reply) => {
    const answer = await forward(request, emulatorUrl, journal)
    return reply.code(answer.status).headers(answer.headers).send(answer.body)
  })
  await front.listen({ port, host })
  const { port: actual } = front.server.address() as AddressInfo
  return {
    url: `http://localhost:${actual}`,
    inbox: `http://localhost:${actual}/inbox`,
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

async function forward(request: FastifyRequest, emulatorUrl: string, journal: Journal) {
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
  const body = type.includes('html') ? forReading(answer, request.url) : answer
  return { status: response.status, headers: { 'content-type': type }, body }
}
