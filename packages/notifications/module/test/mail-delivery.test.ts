import { registrationRequested } from '@lightpress/auth-contract'
import { invoicePaid } from '@lightpress/billing-contract'
import { money } from '@lightpress/billing-contract/money'
import { newId } from '@lightpress/kernel'
import { readMails } from '@lightpress/mailbox'
import { until } from '@lightpress/testing'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { message } from '../src/schema.ts'
import { startNotifications, type App } from './support/app.ts'
import { startProvider } from './support/provider.ts'

let provider: Awaited<ReturnType<typeof startProvider>>
let app: App

beforeAll(async () => {
  provider = await startProvider()
  app = await startNotifications({ RESEND_BASE_URL: `${provider.url}/` })
})
afterAll(async () => {
  await app.close()
  await provider.stop()
})
afterEach(() => {
  provider.faults.length = 0
})

type Registration = Parameters<App['registrations']['set']>[1]

function register(changes: Partial<Registration> = {}) {
  const registrationId = newId()
  const email = `${registrationId}@example.com`
  app.registrations.set(registrationId, {
    email,
    locale: 'en',
    purpose: 'verify',
    token: `token-${registrationId}`,
    ...changes,
  })
  return { registrationId, email, token: `token-${registrationId}` }
}

async function mailsTo(email: string) {
  return (await readMails(provider.mailbox)).filter(({ to }) => to.includes(email))
}

/** The row of the delivery log that an event caused, once it is as asked for. */
async function logged(eventId: string, holds: (row: typeof message.$inferSelect) => boolean) {
  const [row] = await until(
    () => app.ctx.db.select().from(message).where(eq(message.eventId, eventId)),
    ([first]) => first !== undefined && holds(first),
  )
  return row as typeof message.$inferSelect
}

const isSettled = ({ status }: { status: string }) => status !== 'pending'

describe('a registration', () => {
  it('gets the mail with its link, which the delivery log does not know', async () => {
    const { registrationId, email, token } = register({ locale: 'de-AT' })
    const { id } = await app.deliver(registrationRequested, { registrationId })
    const row = await logged(id, isSettled)
    expect(row).toMatchObject({ status: 'sent', recipient: email, registrationId, attempts: 1, error: null })
    expect(row.providerId).toBeTruthy()
    expect(JSON.stringify(row)).not.toContain(token)

    const [mail, ...more] = await mailsTo(email)
    expect(more).toEqual([])
    expect(mail?.id).toBe(row.providerId)
    expect(mail?.subject).toBe('Bestätigen Sie Ihre E-Mail-Adresse')
    expect(mail?.text).toContain(`http://localhost:3000/verify#token=${token}\n`)
    expect(mail?.html).toContain(`href="http://localhost:3000/verify#token=${token}"`)
  })

  it('tells the owner of a known address to sign in', async () => {
    const { registrationId, email } = register({ purpose: 'already_registered', token: null })
    const { id } = await app.deliver(registrationRequested, { registrationId })
    await logged(id, isSettled)
    const [mail] = await mailsTo(email)
    expect(mail?.subject).toBe('You already have an account')
    expect(mail?.text).toContain('http://localhost:3000/sign-in\n')
  })

  it('that is over gets none, and the log says so', async () => {
    const { id } = await app.deliver(registrationRequested, { registrationId: newId() })
    expect(await logged(id, isSettled)).toMatchObject({ status: 'suppressed', recipient: null, providerId: null })
  })
})

describe('an event that comes twice', () => {
  it('sends one mail, with the message as idempotency key', async () => {
    const { registrationId, email } = register()
    const { id } = await app.deliver(registrationRequested, { registrationId })
    await app.deliver(registrationRequested, { registrationId }, { id })
    const row = await logged(id, isSettled)
    expect(await mailsTo(email)).toHaveLength(1)
    const mine = provider.requests.filter(({ body }) => JSON.stringify(body.to).includes(email))
    expect(mine.map(({ idempotencyKey }) => idempotencyKey)).toEqual([row.id])
    expect(mine[0]?.body).toMatchObject({
      from: 'Lightpress <hello@example.com>',
      headers: { 'Auto-Submitted': 'auto-generated' },
      tags: [{ name: 'message_id', value: row.id }],
    })
    expect(await app.ctx.db.$count(message, eq(message.eventId, id))).toBe(1)
  })
})

describe('a provider whose quota is used up', () => {
  it.each(['daily_quota_exceeded', 'monthly_quota_exceeded'])(
    'is left alone for a quarter of an hour, and not for a second (%s)',
    async (name) => {
      const body = { statusCode: 429, name, message: 'Come back later' }
      provider.faults.push({ status: 429, body, headers: { 'ratelimit-reset': '1' } })
      const mail = { to: 'ada@example.com', subject: 'One', html: '<p>One</p>', text: 'One' }
      const options = { idempotencyKey: newId(), signal: AbortSignal.timeout(10_000) }
      expect(await app.ctx.mailer.send(mail, options)).toMatchObject({ status: 'pending', retryAfter: 15 * 60_000 })
    },
  )
})

describe('a provider that fails', () => {
  it('is asked again until it takes the mail', async () => {
    provider.faults.push(
      { status: 503, body: { statusCode: 503, name: 'internal_server_error', message: 'Not now' } },
      // The lane waits for a second, and that is no attempt.
      { status: 429, body: { statusCode: 429, name: 'rate_limit_exceeded', message: 'Too fast' } },
      { status: 401, body: { statusCode: 401, name: 'invalid_api_key', message: 'Whose key?' } },
      { status: 502, body: {} },
    )
    const { registrationId, email } = register()
    const { id } = await app.deliver(registrationRequested, { registrationId })
    expect(await logged(id, isSettled)).toMatchObject({ status: 'sent', attempts: 4, error: null })
    expect(await mailsTo(email)).toHaveLength(1)
  })

  it('and is away gets the mail when it is back; the log says what is wrong meanwhile', async () => {
    await provider.shut()
    const { registrationId, email } = register()
    const { id } = await app.deliver(registrationRequested, { registrationId })
    const waiting = await logged(id, ({ attempts }) => attempts >= 2)
    expect(waiting).toMatchObject({ status: 'pending', recipient: email })
    expect(waiting.error).toContain('no answer')
    await provider.open()
    expect(await logged(id, isSettled)).toMatchObject({ status: 'sent', error: null })
    expect(await mailsTo(email)).toHaveLength(1)
  })

  it('after it took the mail has taken it once', async () => {
    provider.faults.push('answer lost')
    const { registrationId, email } = register()
    const { id } = await app.deliver(registrationRequested, { registrationId })
    expect(await logged(id, isSettled)).toMatchObject({ status: 'sent', attempts: 2 })
    expect(await mailsTo(email)).toHaveLength(1)
  })

  it('and knows the key with other words has sent it before', async () => {
    provider.faults.push({
      status: 409,
      body: { statusCode: 409, name: 'invalid_idempotent_request', message: 'Same key, other payload' },
    })
    const { registrationId } = register()
    const { id } = await app.deliver(registrationRequested, { registrationId })
    expect(await logged(id, isSettled)).toMatchObject({ status: 'sent', providerId: null, attempts: 1 })
  })

  it('and refuses for good is not asked again', async () => {
    provider.faults.push({ status: 422, body: { statusCode: 422, name: 'validation_error', message: 'Bad `to`' } })
    const { registrationId, email } = register()
    const { id } = await app.deliver(registrationRequested, { registrationId })
    expect(await logged(id, isSettled)).toMatchObject({
      status: 'failed',
      attempts: 1,
      recipient: email,
      error: 'validation_error: Bad `to`',
    })
    expect(await mailsTo(email)).toEqual([])
  })
})

describe('a paid invoice', () => {
  const paid = (organizationId: string) => ({
    organizationId,
    invoiceId: newId(),
    number: 'LP-0042',
    planId: 'pro' as const,
    total: money(1200, 'eur'),
    paidAt: '2025-03-01T23:30:00Z',
    hostedUrl: 'https://elsewhere.example/invoice',
  })

  it('sends a receipt to each who looks after the money, in their language', async () => {
    const people = (['en', 'de', 'fr'] as const).map((locale) => app.addPerson({ locale }))
    const organizationId = app.addOrganization(people, 'Engines <script>alert(1)')
    await app.deliver(invoicePaid, paid(organizationId))
    const [en, de, fr] = await Promise.all(
      people.map(async ({ email }) => {
        const mails = await until(
          () => mailsTo(email),
          (found) => found.length > 0,
        )
        expect(mails).toHaveLength(1)
        return mails[0]
      }),
    )
    expect([en?.subject, de?.subject, fr?.subject]).toEqual([
      'Your receipt for invoice LP-0042',
      'Ihre Quittung zur Rechnung LP-0042',
      'Votre reçu pour la facture LP-0042',
    ])
    expect(en?.html).toContain('Engines &lt;script&gt;')
    expect(en?.html).not.toContain('<script')
    expect(en?.html).not.toContain('elsewhere.example')
    expect(de?.text?.replaceAll('\u00a0', ' ')).toContain('12,00 €')
    // When it was paid, and not when we heard of it.
    expect(en?.text).toContain('Paid on: March 1, 2025')
  })

  it('is not told to whoever left before the mail was sent', async () => {
    const person = app.addPerson()
    const organizationId = app.addOrganization([person])
    await provider.shut()
    const { id } = await app.deliver(invoicePaid, paid(organizationId))
    await logged(id, ({ error }) => error !== null)
    app.organizations.set(organizationId, { organizationName: 'X', members: [] })
    // The provider stays away until then: an attempt that had asked who is a member could succeed.
    expect(await logged(id, isSettled)).toMatchObject({ status: 'suppressed', userId: person.id })
    await provider.open()
    expect(await mailsTo(person.email)).toEqual([])
  })

  it('of an organisation that is gone tells nobody', async () => {
    expect(await app.deliver(invoicePaid, paid(newId()))).toMatchObject({ state: 'done' })
  })
})
