import { createServer, type IncomingHttpHeaders } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Resend } from 'resend'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startMailbox, type Mailbox } from '../src/index.ts'

const secret = `whsec_${Buffer.from('of this test alone').toString('base64')}`
const heard: { body: string; headers: IncomingHttpHeaders }[] = []
let status = 200
const product = createServer((request, response) => {
  let body = ''
  request.on('data', (part: Buffer) => (body += part.toString()))
  request.on('end', () => {
    heard.push({ body, headers: request.headers })
    response.writeHead(status).end()
  })
})

let mailbox: Mailbox
let id: string
beforeAll(async () => {
  await once(product.listen(0, '127.0.0.1'), 'listening')
  const { port } = product.address() as AddressInfo
  mailbox = await startMailbox({ webhook: { url: `http://127.0.0.1:${port}/webhooks`, secret } })
  const resend = new Resend('re_1', { baseUrl: mailbox.url })
  const mail = { from: 'hello@example.com', to: 'ada@example.com', subject: 'Welcome', html: '<p>Hello</p>' }
  id = (await resend.emails.send(mail)).data?.id as string
})
afterAll(async () => {
  await mailbox.stop()
  product.closeAllConnections()
  product.close()
})

it('tells what became of a mail as Resend does, and signs it', async () => {
  await mailbox.play(id, 'bounced')
  const { body, headers } = heard.at(-1) as (typeof heard)[number]
  const event = new Resend('re_1').webhooks.verify({
    payload: body,
    headers: {
      id: String(headers['svix-id']),
      timestamp: String(headers['svix-timestamp']),
      signature: String(headers['svix-signature']),
    },
    webhookSecret: secret,
  })
  expect(event).toMatchObject({ type: 'email.bounced', data: { email_id: id, bounce: { type: 'Permanent' } } })
})

it('does so at a press beside the mail', async () => {
  const page = await (await fetch(`${mailbox.inbox}/${id}`)).text()
  expect(page).toContain(`formaction="/play/${id}/complained"`)
  const response = await fetch(`${mailbox.url}/play/${id}/complained`, { method: 'POST', redirect: 'manual' })
  expect([response.status, response.headers.get('location')]).toEqual([303, `/inbox/${id}`])
  expect(JSON.parse(heard.at(-1)?.body ?? '')).toMatchObject({ type: 'email.complained', data: { email_id: id } })
})

it('says when nobody would hear of it', async () => {
  await expect(mailbox.play('nothing', 'bounced')).rejects.toThrow('There is no mail nothing')
  status = 401
  await expect(mailbox.play(id, 'delivered')).rejects.toThrow('The webhook was answered with 401')
})
