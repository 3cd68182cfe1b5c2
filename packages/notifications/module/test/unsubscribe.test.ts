import { securityAlerted } from '@lightpress/auth-contract'
import { invoicePaid } from '@lightpress/billing-contract'
import { money } from '@lightpress/billing-contract/money'
import { newId } from '@lightpress/kernel'
import { until } from '@lightpress/testing'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sendDigests } from '../src/digests.ts'
import { notify } from '../src/notify.ts'
import type { Switch } from '../src/preference-rules.ts'
import { digest, preference } from '../src/schema.ts'
import { readUnsubscribeToken, unsubscribeToken } from '../src/unsubscribe-token.ts'
import { startNotifications, type App, type Person } from './support/app.ts'
import { startProvider } from './support/provider.ts'

let provider: Awaited<ReturnType<typeof startProvider>>
let app: App
beforeAll(async () => {
  provider = await startProvider()
  app = await startNotifications({ RESEND_BASE_URL: provider.url, RESEND_RATE: '1000' })
})
afterAll(async () => {
  await app.close()
  await provider.stop()
})

const path = '/v1/notifications/unsubscribe'
const oneClick = 'List-Unsubscribe=One-Click'
const tokenFor = ({ id: userId }: Pick<Person, 'id'>, what: Switch) =>
  unsubscribeToken({ userId, what }, app.ctx.secrets)

/** What was given to the provider for a person, once it was. */
async function mailTo({ email }: Person) {
  const [request] = await until(
    () => provider.requests.filter(({ body }) => JSON.stringify(body.to).includes(email)),
    (found) => found.length > 0,
  )
  return request?.body as { headers: Record<string, string>; text: string; html: string }
}

async function pay(person: Person) {
  const organizationId = app.addOrganization([person])
  const invoice = { organizationId, invoiceId: newId(), number: 'LP-0042', planId: 'pro' as const, hostedUrl: null }
  await app.deliver(invoicePaid, { ...invoice, total: money(1200, 'eur'), paidAt: '2026-11-20T12:00:00Z' })
}

async function emailOf({ id }: Person) {
  const { categories } = await app.inboxOf(id).getPreferences()
  return Object.fromEntries(categories.map(({ category, email }) => [category, email]))
}

const usual = { security: 'instant', account: 'digest', billing: 'instant', product: 'off' }

function post(token: string, body: string | FormData | URLSearchParams, headers: Record<string, string> = {}) {
  return fetch(`${app.baseUrl}${path}?token=${encodeURIComponent(token)}`, { method: 'POST', body, headers })
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** As our page does. */
function ask(operation: '' | '/preview', body: object) {
  const headers = { 'content-type': 'application/json' }
  return fetch(app.baseUrl + path + operation, { method: 'POST', headers, body: JSON.stringify(body) })
}

describe('a mail that can be switched off', () => {
  it('says how, to mail programs by one click and to its reader at its foot', async () => {
    const ada = app.addPerson()
    await pay(ada)
    const { headers, text, html } = await mailTo(ada)
    expect(headers['List-Unsubscribe-Post']).toBe(oneClick)
    expect(headers['Auto-Submitted']).toBe('auto-generated')
    const token = tokenFor(ada, 'billing')
    expect(headers['List-Unsubscribe']).toBe(`<http://localhost:3000${path}?token=${token}>`)
    expect(text).toContain(`No more mails about billing: http://localhost:3000/unsubscribe#token=${token}\n`)
    expect(text).toContain('Choose what you hear of: http://localhost:3000/notifications/preferences\n')
    expect(html).toContain(`href="http://localhost:3000/unsubscribe#token=${token}"`)
  })

  it('is stopped by what it says, and no other with it', async () => {
    const ada = app.addPerson()
    await pay(ada)
    const { headers } = await mailTo(ada)
    const address = new URL(headers['List-Unsubscribe']?.slice(1, -1) as string)
    const response = await fetch(app.baseUrl + address.pathname + address.search, {
      method: 'POST',
      body: oneClick,
      headers: form,
    })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      category: 'billing',
      channel: 'email',
      address: `${ada.email[0]}…@example.com`,
    })
    expect(await emailOf(ada)).toEqual({ ...usual, billing: 'off' })
  })

  it('is a digest as well, which is stopped whatever is in it', async () => {
    const ada = app.addPerson()
    const text = { title: 'News', body: 'News.' }
    const notice = {
      to: { id: ada.id, locale: 'en' as const, timeZone: 'UTC' },
      category: 'account' as const,
      text,
      link: null,
    }
    await app.ctx.withTx((tx) => notify(tx, { eventId: newId(), notices: [notice] }, app.ctx))
    await app.ctx.db
      .update(digest)
      .set({ windowEnd: sql`now()` })
      .where(eq(digest.userId, ada.id))
    await sendDigests(app.ctx)
    expect((await mailTo(ada)).headers['List-Unsubscribe']).toContain(tokenFor(ada, 'digest'))
    expect((await post(tokenFor(ada, 'digest'), oneClick, form)).status).toBe(200)
    expect(await emailOf(ada)).toEqual({ ...usual, account: 'off' })
  })
})

describe('a security notice', () => {
  it('says no such thing', async () => {
    const ada = app.addPerson()
    await app.deliver(securityAlerted, { userId: ada.id, auditEntryId: app.addAlert(ada) })
    const { headers, text } = await mailTo(ada)
    expect(headers).toEqual({ 'Auto-Submitted': 'auto-generated' })
    expect(text).not.toContain('unsubscribe')
  })
})

describe('one click', () => {
  it('takes either kind of form', async () => {
    const [ada, eve] = [app.addPerson(), app.addPerson()]
    const multipart = new FormData()
    multipart.set('List-Unsubscribe', 'One-Click')
    expect((await post(tokenFor(ada, 'billing'), multipart)).status).toBe(200)
    expect(
      (await post(tokenFor(eve, 'billing'), new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }))).status,
    ).toBe(200)
    for (const person of [ada, eve]) expect(await emailOf(person)).toEqual({ ...usual, billing: 'off' })
  })

  it('takes a form as mail programs write it, other headers in its part included', async () => {
    const ada = app.addPerson()
    const part = 'Content-Disposition: form-data; name="List-Unsubscribe"\r\nContent-Type: text/plain\r\n\r\nOne-Click'
    const headers = { 'content-type': 'multipart/form-data; boundary=x' }
    expect(
      (await post(tokenFor(ada, 'billing'), `--x\r\n${part.replace('One', 'Two')}\r\n--x--\r\n`, headers)).status,
    ).toBe(400)
    expect(await emailOf(ada)).toEqual(usual)
    expect((await post(tokenFor(ada, 'billing'), `--x\r\n${part}\r\n--x--\r\n`, headers)).status).toBe(200)
    expect(await emailOf(ada)).toEqual({ ...usual, billing: 'off' })
  })

  it('comes from anywhere, and nobody’s cookie counts', async () => {
    const [ada, eve] = [app.addPerson(), app.addPerson()]
    const cookie = `lightpress_access=${app.token({ userId: eve.id })}`
    const response = await post(tokenFor(ada, 'billing'), oneClick, { ...form, cookie, origin: 'https://mail.example' })
    expect(response.status).toBe(200)
    expect(await emailOf(ada)).toEqual({ ...usual, billing: 'off' })
    expect(await emailOf(eve)).toEqual(usual)
  })

  it('again is the same as once', async () => {
    const ada = app.addPerson()
    for (let n = 0; n < 3; n += 1) expect((await post(tokenFor(ada, 'billing'), oneClick, form)).status).toBe(200)
    expect(await emailOf(ada)).toEqual({ ...usual, billing: 'off' })
  })

  it.each([
    ['another form', 'List-Unsubscribe=Two-Clicks'],
    ['none', ''],
    ['one that does not end', `x=${'x'.repeat(100_000)}&${oneClick}`],
  ])('is not %s', async (_, body) => {
    const ada = app.addPerson()
    const response = await post(tokenFor(ada, 'billing'), body, form)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ reason: 'request.invalid' })
    expect(await emailOf(ada)).toEqual(usual)
  })

  it('cannot be taken back by the address alone', async () => {
    const ada = app.addPerson()
    await post(tokenFor(ada, 'billing'), oneClick, form)
    const url = `${app.baseUrl}${path}?token=${tokenFor(ada, 'billing')}&undo=true`
    await fetch(url, { method: 'POST', body: oneClick, headers: form })
    expect(await emailOf(ada)).toEqual({ ...usual, billing: 'off' })
  })
})

describe('our page', () => {
  it('shows what a link would do, does it, and takes it back', async () => {
    const ada = app.addPerson()
    const token = tokenFor(ada, 'billing')
    const about = { category: 'billing', channel: 'email', address: `${ada.email[0]}…@example.com` }
    expect(await (await ask('/preview', { token })).json()).toEqual({ ...about, off: false })
    expect(await emailOf(ada)).toEqual(usual)
    expect(await (await ask('', { token })).json()).toEqual(about)
    expect(await (await ask('/preview', { token })).json()).toEqual({ ...about, off: true })
    expect(await (await ask('', { token, undo: true })).json()).toEqual(about)
    expect(await emailOf(ada)).toEqual(usual)
  })

  it('is where the address in the header leads a browser, which changes nothing', async () => {
    const ada = app.addPerson()
    const token = tokenFor(ada, 'billing')
    for (const method of ['GET', 'HEAD'])
      await fetch(`${app.baseUrl}${path}?token=${token}`, { method, redirect: 'manual' })
    const response = await fetch(`${app.baseUrl}${path}?token=${token}`, { redirect: 'manual' })
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toMatch(new RegExp(`^http://[^/]+/unsubscribe#token=${token}$`))
    expect(await emailOf(ada)).toEqual(usual)
  })
})

describe('a token', () => {
  it('is for one person and one thing', () => {
    const ada = { id: newId() }
    for (const what of ['account', 'billing', 'product', 'digest'] as const) {
      expect(readUnsubscribeToken(tokenFor(ada, what), app.ctx.secrets)).toEqual({ userId: ada.id, what })
    }
    expect(tokenFor(ada, 'billing').length).toBeLessThan(120)
  })

  it('that nobody made, or that was changed, is refused with what to do', async () => {
    const [ada, eve] = [app.addPerson(), app.addPerson()]
    const good = tokenFor(ada, 'billing')
    const mac = good.split('.').at(-1) as string
    const bad = [
      'x',
      '.',
      `.${mac}`,
      good.slice(0, -1),
      `${good}x`,
      good.replace('billing', 'account'),
      good.replace('email', 'inbox'),
      good.replace(ada.id, eve.id),
      `${ada.id}.security.email.${app.ctx.secrets.mac('unsubscribe', `${ada.id}.security.email`)}`,
      `${ada.id}.billing.email.${app.ctx.secrets.mac('webhook-secret', `${ada.id}.billing.email`)}`,
    ]
    for (const token of bad) {
      for (const response of [
        await post(token, oneClick, form),
        await ask('', { token }),
        await ask('/preview', { token }),
      ]) {
        expect(response.status).toBe(400)
        const problem = (await response.json()) as { reason: string; detail: string }
        expect(problem.reason).toBe('notifications.unsubscribe_token_invalid')
        expect(problem.detail).toContain('sign in and choose in your preferences')
      }
    }
    for (const person of [ada, eve]) expect(await emailOf(person)).toEqual(usual)
  })

  it('of somebody who is gone says no more than one that is none, and leaves nothing', async () => {
    const ada = app.addPerson()
    const token = tokenFor(ada, 'billing')
    app.people.delete(ada.id)
    for (const response of [
      await post(token, oneClick, form),
      await ask('', { token }),
      await ask('/preview', { token }),
    ])
      expect(await response.json()).toMatchObject({ reason: 'notifications.unsubscribe_token_invalid' })
    expect(await app.ctx.db.$count(preference, eq(preference.userId, ada.id))).toBe(0)
  })
})
