import { readMails } from '@lightpress/mailbox'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mailTo, newPerson, openStream, pay, signIn, signUp, take, until, verify } from './support/person.ts'
import { topologies, type Product } from './support/topologies.ts'

for (const { name, start } of topologies) {
  describe(`the product, ${name}`, () => {
    let stack: Product
    beforeAll(async () => {
      stack = await start()
    })
    afterAll(() => stack?.stop())

    it('takes a person from sign-up to a receipt', async () => {
      const ada = newPerson(stack)
      expect(await ada.auth.signUp({ email: ada.email, password: ada.password, name: ada.name })).toEqual({
        status: 'verification_sent',
      })
      await verify(stack, ada)

      expect(await ada.users.getMe()).toMatchObject({ email: ada.email, name: ada.name })
      const [organization] = (await ada.users.listOrganizations()).items
      expect(organization).toMatchObject({ personal: true, role: 'owner', memberCount: 1 })
      expect(await ada.billing.getSubscription()).toMatchObject({
        organizationId: organization?.id,
        planId: 'free',
        status: 'active',
      })

      const stream = await openStream(stack, ada)
      const { url } = await ada.billing.startCheckout({ planId: 'pro', interval: 'month', seats: 3 })
      const paid = await pay(url)
      expect(paid.headers.get('location')).toMatch(`${stack.url}/billing/return?session_id=`)

      await until(
        () => ada.billing.getSubscription(),
        ({ planId, status }) => planId === 'pro' && status === 'active',
      )
      expect(await ada.billing.getSubscription()).toMatchObject({
        seats: 3,
        interval: 'month',
        cancelAtPeriodEnd: false,
      })
      await until(
        () => stream.events,
        (events) =>
          events.some(
            ({ event, data }) => event === 'notification' && (data as { category: string }).category === 'billing',
          ),
      )
      stream.close()

      const { items } = await ada.notifications.listNotifications()
      expect(items.filter(({ category }) => category === 'billing')).toHaveLength(1)
      const receipt = await mailTo(stack, ada.email, ({ html }) => html?.includes('36.00') ?? false)
      expect(receipt.text).toContain('36.00')
      expect((await ada.billing.listInvoices()).items).toMatchObject([
        { status: 'paid', total: { amount: 3600, currency: 'usd' } },
      ])
    })

    it('keeps a person signed in by refreshing, and lets go at once when they sign out', async () => {
      const ada = await signUp(stack)
      const before = ada.refreshToken
      take(ada, await ada.auth.refreshToken({ refreshToken: ada.refreshToken ?? '' }))
      expect(ada.refreshToken).not.toBe(before)
      const stream = await openStream(stack, ada)
      await ada.auth.signOut()
      await until(
        () =>
          Promise.all(
            [ada.users.getMe(), ada.billing.getSubscription(), ada.notifications.getUnreadCount()].map((call) =>
              call.then(
                () => 'answered',
                ({ code }: { code: string }) => code,
              ),
            ),
          ),
        (answers) => answers.every((answer) => answer === 'unauthenticated'),
        5_000,
      )
      await stream.ended
      await expect(ada.auth.refreshToken({ refreshToken: ada.refreshToken ?? '' })).rejects.toMatchObject({
        code: 'unauthenticated',
      })
      await signIn(ada)
      expect(await ada.users.getMe()).toMatchObject({ email: ada.email })
    })

    it('writes links to itself, whatever it was asked under', async () => {
      const evil = 'evil.example'
      const [ada, bob] = [await signUp(stack), newPerson(stack)]
      const ask = async (headers: Record<string, string>) => {
        const bodies = {
          '/v1/auth/sign-up': { email: bob.email, password: bob.password, name: bob.name },
          '/v1/auth/password/forgot': { email: ada.email },
        }
        const answers = Object.entries(bodies).map(([path, body]) =>
          request(stack.url + path, {
            method: 'POST',
            headers: { 'content-type': 'application/json', ...headers },
            body: JSON.stringify(body),
          }),
        )
        return (await Promise.all(answers)).map(({ statusCode, body }) => {
          body.resume()
          return statusCode
        })
      }
      for (const status of await ask({ host: evil })) expect(status).toBeGreaterThanOrEqual(400)
      const forged = { 'x-forwarded-host': evil, 'x-forwarded-server': evil, forwarded: `host=${evil}` }
      expect(await ask(forged)).toEqual([201, 202])

      const mails = [
        await mailTo(stack, bob.email, ({ html }) => html?.includes('/verify#token=') ?? false),
        await mailTo(stack, ada.email, ({ html }) => html?.includes('/reset-password#token=') ?? false),
      ]
      for (const { html, text } of mails) {
        const links = `${html} ${text}`.match(/[^\s"'<>]*#token=/g) ?? []
        expect(links.filter((link) => !link.startsWith(`${stack.url}/`))).toEqual([])
        expect(`${html} ${text}`).not.toContain(evil)
      }
    })

    it('sends a known address another mail and gives the same answer', async () => {
      const ada = await signUp(stack)
      const again = newPerson(stack, 'Not Ada')
      expect(
        await again.auth.signUp({ email: ada.email.toUpperCase(), password: 'another good password', name: 'Not Ada' }),
      ).toEqual({ status: 'verification_sent' })
      const mails = await until(
        () => readMails(stack.mailbox),
        (all) => all.filter(({ to }) => to.some((address) => address.toLowerCase() === ada.email)).length === 2,
      )
      expect(
        mails.filter(
          ({ to, html }) =>
            to.some((address) => address.toLowerCase() === ada.email) && html?.includes('/verify#token='),
        ),
      ).toHaveLength(1)
      await signIn(ada)
    })

    it('keeps organisations apart', async () => {
      const [ada, eve] = [await signUp(stack), await signUp(stack, 'Eve')]
      const [organization] = (await ada.users.listOrganizations()).items
      const id = organization?.id ?? ''
      await expect(eve.users.getOrganization({ id })).rejects.toMatchObject({ code: 'not_found' })
      await expect(eve.users.updateOrganization({ id, name: 'Hers' })).rejects.toMatchObject({ code: 'not_found' })
      await expect(eve.auth.switchOrganization({ organizationId: id })).rejects.toMatchObject({
        reason: 'auth.not_a_member',
      })
      const [notification] = (
        await until(
          () => ada.notifications.listNotifications(),
          ({ items }) => items.length > 0,
        )
      ).items
      await expect(eve.notifications.markRead({ id: notification?.id ?? '' })).rejects.toMatchObject({
        code: 'not_found',
      })
    })

    it('refuses who is not signed in, and rubbish, in the same words everywhere', async () => {
      const nobody = newPerson(stack)
      const calls = [
        () => nobody.users.getMe(),
        () => nobody.billing.getSubscription(),
        () => nobody.notifications.listNotifications(),
      ]
      for (const call of calls) {
        await expect(call()).rejects.toMatchObject({ code: 'unauthenticated', reason: 'request.sign_in_required' })
      }
      const ada = await signUp(stack)
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${ada.accessToken}` }
      for (const path of ['/v1/auth/sign-in', '/v1/billing/checkout', '/v1/notifications/read-all']) {
        const response = await fetch(stack.url + path, { method: 'POST', body: '{', headers })
        expect([response.status, await response.json()]).toMatchObject([400, { reason: 'request.malformed_json' }])
      }
    })

    it('publishes keys that verify its tokens, and the reference of all modules', async () => {
      const ada = await signUp(stack)
      const keys = createLocalJWKSet(await ada.auth.getKeySet())
      const { payload } = await jwtVerify(ada.accessToken ?? '', keys, {
        audience: 'lightpress',
        issuer: stack.url,
        typ: 'at+jwt',
      })
      expect(payload.exp).toBeDefined()
      const api = (await (await fetch(`${stack.url}/openapi.json`)).json()) as { paths: Record<string, unknown> }
      for (const path of ['/v1/auth/sign-in', '/v1/users/me', '/v1/billing/checkout', '/v1/notifications/stream'])
        expect(api.paths).toHaveProperty([path])
      expect((await fetch(`${stack.url}/docs`)).headers.get('content-type')).toMatch('text/html')
    })

    it('shows the outside nothing of the inside', async () => {
      for (const path of ['/internal/users/createUser', '/metrics', '/health/live']) {
        for (const method of ['GET', 'POST']) expect((await fetch(stack.url + path, { method })).status).toBe(404)
      }
    })
  })
}
