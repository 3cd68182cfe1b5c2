import { randomUUID } from 'node:crypto'
import { requires } from '@lightpress/local'
import { nightly } from '@lightpress/testing'
import pg from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtWeb } from './support/built-web.ts'
import { expectNoBarriers, launchChromium } from './support/browser.ts'
import { makeOrganization, userIdOf } from './support/organizations.ts'
import { mailTo, signUp, until, type Person } from './support/person.ts'
import { startStack, type Stack } from './support/stack.ts'
import { answerDialog } from './support/steps.ts'
import { expectVisitors } from './support/visitors.ts'

const phone = { viewport: { width: 390, height: 800 } }

describe.runIf(requires('chromium')).each(['single', 'split'] as const)(
  'what operators see of deliveries, in a browser, product %s',
  { timeout: 150_000 },
  (topology) => {
    let browser: Browser
    let stack: Stack
    let database: pg.Pool
    let olga: Person
    let ada: Person
    let organizationId: string
    const guest = 'grace@example.com'

    beforeAll(async () => {
      const [directory, chromium] = await Promise.all([builtWeb(), launchChromium()])
      browser = chromium
      stack = await startStack({ topology, queue: 'postgres', web: { directory } })
      database = new pg.Pool({ connectionString: stack.databaseUrl, max: 2 })
      olga = await signUp(stack, 'Olga Operator')
      await database.query('update users.person set operator = true where email = $1', [olga.email])
      ada = await signUp(stack)
      ;({ id: organizationId } = await makeOrganization(ada, 'Analytical Engines'))
      await ada.users.inviteMember({ id: organizationId, email: guest, role: 'member' })
      await mailTo(stack, guest)
      await alert()
    }, 240_000)
    afterAll(async () => {
      await browser?.close()
      await database?.end()
      await stack?.stop()
    })
    const { arriveAs, provoked } = expectVisitors(() => ({ browser, url: stack.url }))

    const list = (page: Page, label: string) => page.getByRole('list', { name: label, exact: true })
    const told = (page: Page, text: string | RegExp) =>
      page.getByRole('region', { name: 'Messages' }).getByText(text).first().waitFor()
    const request = (page: Page, name: string) =>
      list(page, 'Requests')
        .locator('> li')
        .filter({ has: page.getByRole('heading', { name, exact: true }) })

    /** Something that Ada is warned of: an API key of hers. */
    async function alert() {
      await ada.auth.createApiKey({ name: 'Reports', scopes: ['billing:read'], expiresAt: null })
      await mailTo(stack, ada.email, ({ subject }) => /API key/i.test(subject))
    }

    it('a person is opened, and read from the request to the event, the job and the e-mail', async () => {
      const { page } = await arriveAs(olga, `/operators/users/${userIdOf(ada)}`)
      await list(page, 'What happened').getByRole('link', { name: 'Timeline' }).click()
      const made = request(page, 'Create API key').first()
      await made.getByRole('link', { name: ada.name }).waitFor()
      const event = made.getByRole('listitem').filter({ hasText: 'Security alert raised' })
      const job = event.getByRole('listitem').filter({ hasText: 'Send an e-mail' })
      const mail = job.getByRole('listitem').filter({ hasText: 'Security alert' })
      await expect
        .poll(
          async () => {
            await page.reload()
            return mail.getByText('Sent', { exact: true }).count()
          },
          { timeout: 60_000, interval: 1_000 },
        )
        .toBe(1)
      await event.getByRole('listitem').filter({ hasText: 'Security notice' }).waitFor()
      await expectNoBarriers(page)

      await mail.locator('summary').press('Enter')
      await mail.getByText('security_alert').waitFor()
      await mail.getByRole('link', { name: ada.name }).waitFor()
      await expectNoBarriers(page)

      // What came of an invitation is about no person we know: its request tells it.
      const invited = request(page, 'Invite member')
      await invited.getByRole('link', { name: 'All of this request' }).click()
      await page.getByText('What came of one request').waitFor()
      const invitation = request(page, 'Invite member').getByRole('listitem').filter({ hasText: 'Invitation sent' })
      await invitation
        .getByRole('listitem')
        .filter({ hasText: 'Send an e-mail' })
        .getByRole('listitem')
        .filter({ hasText: 'Invitation' })
        .waitFor()
      await expectNoBarriers(page)
    })

    it('dead letters are counted, listed and sent again: one, those that are picked, and all', async () => {
      const requests = ['planted-1', 'planted-2', 'planted-3', 'planted-4']
      for (const requestId of requests) await plantDeadLetter(requestId)
      // The newest page of each timeline has nothing of the letter.
      for (const requestId of requests) await plantMuch(requestId)
      const { page } = await arriveAs(olga, '/operators/queues')
      await page.getByRole('rowheader', { name: 'users to notifications' }).waitFor()
      await expectNoBarriers(page)
      await page.getByRole('link', { name: '4 dead letters of users to notifications' }).click()

      const letters = list(page, 'Dead letters').locator('> li')
      await expect.poll(() => letters.count()).toBe(4)
      const one = letters.first()
      await one.locator('summary').press('Enter')
      await one.getByText(userIdOf(ada)).waitFor()
      await expectNoBarriers(page)
      await one.getByRole('button', { name: /^Replay/ }).click()
      await page.getByRole('heading', { name: 'Replay this dead letter?' }).waitFor()
      await expectNoBarriers(page)
      await answerDialog(page, 'Replay')
      await told(page, '1 letter is sent again')
      await expect.poll(() => letters.count()).toBe(3)
      await list(page, 'Sent again').getByText('Done', { exact: true }).waitFor()

      // While nothing answers, nothing is lost: neither what is picked nor what is followed.
      provoked.push(/503/)
      await page.route(/\/v1\/admin\//, (route) => route.fulfill({ status: 503 }))
      await letters.nth(0).getByRole('checkbox').check()
      await letters.nth(1).getByRole('checkbox').check()
      await page.getByRole('button', { name: 'Replay selected (2)' }).click()
      await page.getByRole('heading', { name: 'Replay 2 dead letters?' }).waitFor()
      await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click()
      await page.getByRole('dialog').getByText('We cannot be reached right now').waitFor()
      await page.unrouteAll()
      await page.route(/\/v1\/admin\/dead-letters(\/states)?\?/, (route) => route.fulfill({ status: 503 }))
      await answerDialog(page, 'Replay')
      await told(page, '2 letters are sent again')
      await page.getByText('We cannot be reached right now.').waitFor()
      expect(await list(page, 'Sent again').getByRole('listitem').count()).toBe(3)
      await page.unrouteAll()
      await expect.poll(() => letters.count(), { timeout: 60_000 }).toBe(1)
      await page.getByText('We cannot be reached right now.').waitFor({ state: 'detached' })

      await page.setViewportSize(phone.viewport)
      await page.getByRole('button', { name: 'Replay all of users' }).click()
      await page.getByRole('heading', { name: 'Replay the 1 dead letter of users?' }).waitFor()
      await answerDialog(page, 'Replay')
      await page.getByText('Nothing is dead').waitFor()
      await expect
        .poll(() => list(page, 'Sent again').getByText('Done', { exact: true }).count(), { timeout: 60_000 })
        .toBe(4)
      await expectNoBarriers(page)
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      await until(
        () => database.query(`select from users.outbox where state = 'dead'`),
        ({ rowCount }) => rowCount === 0,
      )
      await list(page, 'Sent again').getByRole('link', { name: 'its request' }).first().click()
      await list(page, 'Requests').getByText('Access of a person changed').first().waitFor()
      await page.getByText('This is a part of it').waitFor()
      await expectNoBarriers(page)
    })

    // However the product runs, these are about the screens of one module: split by night alone.
    if (topology === 'split' && !nightly) return

    it('an organisation has a timeline as well, and so has an entry of the audit log', async () => {
      const { page } = await arriveAs(olga, `/operators/organizations/${organizationId}`, phone)
      await list(page, 'What happened').getByRole('link', { name: 'Timeline' }).click()
      await page.getByText('What happened in').getByRole('link', { name: 'Analytical Engines' }).waitFor()
      await request(page, 'Somebody invited').waitFor()
      await expectNoBarriers(page)
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)

      await page.goto(`${stack.url}/operators/audit?action=api_key_created`)
      const entry = list(page, 'Audit log').getByRole('listitem').first()
      await entry.locator('summary').press('Enter')
      await entry.getByRole('definition').getByRole('link').click()
      await request(page, 'Create API key').waitFor()

      await page.getByRole('searchbox', { name: 'Request' }).fill('nobody-ever-asked')
      await page.getByText('Nothing is known of it').waitFor()
      await page.goto(`${stack.url}/operators/timeline?userId=ada`)
      await page.getByText('No id looks like that').waitFor()
      await page.goto(`${stack.url}/operators/timeline`)
      await page.getByText('Of whom, or of what?').waitFor()
      await expectNoBarriers(page)
    })

    it('an e-mail that failed is in the log, with why, and leads to what began it', async () => {
      await database.query(
        `update notifications.message set status = 'failed', attempts = 3, error = 'validation_error: no such mailbox'
         where template = 'security_alert' and user_id = $1`,
        [userIdOf(ada)],
      )
      const { page } = await arriveAs(olga, '/dashboard')
      await page.getByRole('navigation', { name: 'Delivery' }).getByRole('link', { name: 'E-mails' }).click()
      const mails = list(page, 'E-mails').getByRole('listitem')
      await mails.filter({ hasText: guest }).filter({ hasText: 'Invitation' }).waitFor()
      await page.getByRole('combobox', { name: 'Status' }).selectOption('Failed')
      await mails.filter({ hasText: guest }).waitFor({ state: 'detached' })
      await mails.getByText('validation_error: no such mailbox').first().waitFor()
      await expectNoBarriers(page)
      await page.setViewportSize(phone.viewport)
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      await page.setViewportSize({ width: 1280, height: 800 })

      await page.getByRole('searchbox', { name: 'Person' }).fill(ada.email)
      await mails.getByText('3 attempts').first().waitFor()
      await page.getByRole('searchbox', { name: 'Person' }).fill('ada')
      await page.getByText('An address or an id must be whole here.', { exact: false }).waitFor()
      await page.getByRole('searchbox', { name: 'Person' }).fill(userIdOf(ada))
      await mails
        .first()
        .getByRole('link', { name: /^Why\?/ })
        .click()
      await request(page, 'Create API key').getByText('Not sent: the log of e-mails says why.').waitFor()
      await request(page, 'Create API key').getByText('Failed', { exact: true }).waitFor()
      // It is the event that one asked about.
      const event = request(page, 'Create API key').getByRole('listitem').filter({ hasText: 'Security alert raised' })
      await event.getByText('auth.security.alerted.v1').waitFor()
      const summary = event.locator('summary').first()
      expect(await summary.evaluate((one) => one.matches(':focus'))).toBe(true)
    })

    it('an address that bounced is found, and sent to again', async () => {
      const address = `bounced-${topology}@example.com`
      await database.query(
        `insert into notifications.suppression (id, address, reason, detail) values ($1, $2, 'bounced', '550 5.1.1 No such user')`,
        [randomUUID(), address],
      )
      const { page } = await arriveAs(olga, '/operators/suppressions', phone)
      await list(page, 'Suppressions').getByText('550 5.1.1 No such user').waitFor()
      await expectNoBarriers(page)
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      await page.getByRole('searchbox', { name: 'Address' }).fill(address)
      await page.getByRole('button', { name: `Send again to this address: ${address}` }).click()
      await page.getByRole('dialog').getByText('Mail to it came back', { exact: false }).waitFor()
      await expectNoBarriers(page)
      await answerDialog(page, 'Send again')
      await told(page, `Mail goes to ${address} again`)
      await page.getByText('This address is not suppressed').waitFor()
    })

    it('counts anew by itself while somebody looks', async () => {
      const { page } = await arriveAs(olga, '/operators/queues', phone)
      const queue = page.getByRole('row').filter({ hasText: 'users to notifications' })
      await queue.waitFor()
      await expectNoBarriers(page)
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      await plantDeadLetter('planted-5')
      await queue.getByRole('link', { name: '1 dead letter of users to notifications' }).waitFor()

      provoked.push(/503/)
      await page.route(/\/v1\/admin\/queues/, (route) => route.fulfill({ status: 503 }))
      await page.getByText('We cannot be reached right now.').waitFor()
      await queue.waitFor()
      await expectNoBarriers(page)
      await plantDeadLetter('planted-6')
      await page.unrouteAll()
      await queue.getByRole('link', { name: '2 dead letters of users to notifications' }).waitFor()
      await page.getByText('We cannot be reached right now.').waitFor({ state: 'detached' })
    })

    it('whoever is no operator sees nothing of it', async () => {
      const { page } = await arriveAs(ada, '/operators/messages')
      for (const path of ['messages', 'suppressions', 'timeline', 'queues', 'dead-letters']) {
        await page.goto(`${stack.url}/operators/${path}`)
        await page.getByText('This is for the operators of Lightpress.').waitFor()
      }
    })

    /** More of what came of a request than a page of its timeline has. */
    async function plantMuch(requestId: string) {
      await database.query(
        `insert into users.outbox (id, listener, kind, type, payload, origin, state, published_at)
         select gen_random_uuid(), 'auth', 'event', 'users.access.changed.v1', '{}', $1, 'done', now() from generate_series(1, 60)`,
        [{ requestId, traceparent: '' }],
      )
    }

    /** As one that had all its attempts while something was broken that is mended now. */
    async function plantDeadLetter(requestId: string) {
      await database.query(
        `insert into users.outbox (id, listener, kind, type, payload, origin, state, published_at)
         values ($1, 'notifications', 'event', 'users.user.created.v1', $2, $3, 'dead', now())`,
        [randomUUID(), { userId: userIdOf(ada), organizationId }, { requestId, traceparent: '' }],
      )
    }
  },
)
