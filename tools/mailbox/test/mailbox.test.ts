import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Resend } from 'resend'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readMails, startMailbox } from '../src/index.ts'
import type { Mailbox } from '../src/index.ts'

let folder: string
let mailbox: Mailbox

const mail = {
  from: 'Lightpress <hello@example.com>',
  to: 'ada@example.com',
  subject: 'Welcome',
  html: '<p>Hello</p>',
  text: 'Hello',
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lightpress-mailbox-'))
  mailbox = await startMailbox({ file: join(folder, 'mails.jsonl') })
})

afterEach(async () => {
  await mailbox.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function restart(): Promise<void> {
  await mailbox.stop()
  mailbox = await startMailbox({ file: join(folder, 'mails.jsonl') })
}

it('takes mails from the Resend SDK and shows them to programs and people', async () => {
  const { data, error } = await resend().emails.send(mail)
  expect(error).toBeNull()
  expect(await readMails(mailbox.url)).toEqual([
    { id: data?.id, to: ['ada@example.com'], subject: 'Welcome', html: '<p>Hello</p>', text: 'Hello' },
  ])
  const list = await page(mailbox.inbox)
  expect(list).toContain('Welcome')
  expect(list).toMatch(/<script>[^<]*fetch[^<]*<\/script>/)
  expect(list).not.toContain('All mails')
  const letter = await page(`${mailbox.inbox}/${data?.id}`)
  expect(letter).toContain('Hello')
  expect(letter).toContain('<a href="/inbox">← All mails</a>')
  expect(letter).not.toContain('<script>')
  expect(letter).toMatch(/<style>[^<]*75vh[^<]*<\/style><\/head>/)
})

it('sends once under one idempotency key, before and after a restart', async () => {
  const first = await resend().emails.send(mail, { idempotencyKey: 'receipt-1' })
  const again = await resend().emails.send(mail, { idempotencyKey: 'receipt-1' })
  await restart()
  const later = await resend().emails.send(mail, { idempotencyKey: 'receipt-1' })
  expect([again.data?.id, later.data?.id]).toEqual([first.data?.id, first.data?.id])
  expect(await readMails(mailbox.url)).toHaveLength(1)
})

it('keeps mails and their ids over restarts, also after a line that a crash cut short', async () => {
  await resend().emails.send(mail)
  await resend().batch.send([
    { ...mail, subject: 'Second' },
    { ...mail, subject: 'Third' },
  ])
  const before = await readMails(mailbox.url)
  await restart()
  appendFileSync(join(folder, 'mails.jsonl'), '{"path":"/emails","bo')
  await restart()
  expect(await readMails(mailbox.url)).toEqual(before)
  expect(before.map(({ subject }) => subject)).toEqual(['Welcome', 'Second', 'Third'])
  const { data } = await resend().emails.get(before[1]?.id ?? '')
  expect(data?.subject).toBe('Second')
})

it('answers a mail without a recipient as Resend does, and does not keep it', async () => {
  const response = await fetch(`${mailbox.url}/emails`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ from: 'hello@example.com', subject: 'Lost' }),
  })
  expect(response.status).toBe(422)
  await restart()
  expect(await readMails(mailbox.url)).toEqual([])
})

function resend(): Resend {
  return new Resend('re_test', { baseUrl: mailbox.url })
}

async function page(url: string): Promise<string> {
  return (await fetch(url)).text()
}
