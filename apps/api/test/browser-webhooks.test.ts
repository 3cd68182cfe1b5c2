import { requires } from '@lightpress/local'
import { nightly } from '@lightpress/testing'
import pg from 'pg'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { builtWeb } from './support/built-web.ts'
import { expectNoBarriers, launchChromium } from './support/browser.ts'
import { join, makeOrganization, userIdOf } from './support/organizations.ts'
import { signUp, type Person } from './support/person.ts'
import { startStack, type Stack } from './support/stack.ts'
import { answerDialog, sectionLink } from './support/steps.ts'
import { expectVisitors } from './support/visitors.ts'
import { isSignedBy, signaturesOf, startWebhookReceiver, type WebhookReceiver } from './support/webhook-receiver.ts'

const topologies = ['single', 'split'] as const

/** Milliseconds within which a page is as it will be, on a machine that has much to do. */
const soon = { timeout: 40_000 }

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true }

describe.runIf(requires('chromium')).each(topologies)(
  'webhooks, in a browser, %s',
  { timeout: 240_000 },
  (topology) => {
    let browser: Browser
    let stack: Stack
    let database: pg.Pool
    let receiver: WebhookReceiver

    beforeAll(async () => {
      const [directory, chromium] = await Promise.all([builtWeb(), launchChromium()])
      browser = chromium
      // One attempt, and the next in an hour: what waits still waits when it is looked at.
      stack = await startStack({ topology, queue: 'postgres', web: { directory }, env: { WEBHOOK_RETRIES: '3600' } })
      database = new pg.Pool({ connectionString: stack.databaseUrl, max: 2 })
    })
    afterAll(async () => {
      await browser?.close()
      await database?.end()
      await stack?.stop()
    })
    beforeEach(async () => {
      receiver = await startWebhookReceiver()
    })
    afterEach(() => receiver.close())
    const { arriveAs, provoked } = expectVisitors(() => ({ browser, url: stack.url }))

    const told = (page: Page, text: string | RegExp) =>
      page.getByRole('region', { name: 'Messages' }).getByText(text).first().waitFor()
    const rows = (page: Page, list: string) => page.getByRole('list', { name: list, exact: true }).getByRole('listitem')
    const block = (page: Page, name: string) => page.getByRole('group', { name, exact: true })
    const theSecret = (page: Page) => page.getByLabel('The signing secret', { exact: true }).innerText()
    const expectNoOverflow = async (page: Page) =>
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)

    async function actFor(page: Page, name: string) {
      const switcher = page.getByRole('button', { name: /Switch organisation$/ })
      await switcher.click()
      await page.getByRole('menuitemradio', { name, exact: true }).click()
      await switcher.filter({ hasText: name }).waitFor()
    }

    /** Somebody with an organisation, acting for it, on its webhooks. */
    async function arriveWith(person: Person, name: string, options: Parameters<typeof arriveAs>[2] = {}) {
      const organization = await makeOrganization(person, name)
      const { page, context } = await arriveAs(person, '/organization/webhooks', {
        ...options,
        actingFor: organization.id,
      })
      await context.grantPermissions(['clipboard-read', 'clipboard-write'])
      // What is on the screens from now on goes by this clock, which runs and can be put forward.
      await page.clock.install()
      return { page, organization }
    }

    /** What a page shows once it has looked again, as it does after twenty seconds: they pass for the page, not for us. */
    const shownLater = (page: Page, shown: Locator) =>
      expect
        .poll(
          async () => {
            await page.clock.fastForward(20_000)
            return shown.count()
          },
          { ...soon, interval: 1_000 },
        )
        .toBe(1)

    /** Adds an endpoint that hears of everything, and goes on to it with its secret. */
    async function addEndpoint(page: Page, url = receiver.url): Promise<string> {
      await page.getByRole('button', { name: 'Add endpoint' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('URL').fill(url)
      await dialog.getByRole('button', { name: 'What it hears of: tick all' }).click()
      await dialog.getByRole('button', { name: 'Add endpoint' }).click()
      const secret = await theSecret(page)
      await answerDialog(page, 'I have copied it')
      await page.getByRole('heading', { name: url }).waitFor()
      return secret
    }

    async function sendTest(page: Page, comes: string) {
      await page.getByRole('button', { name: 'Send a test' }).click()
      await page.getByRole('dialog', { name: comes }).waitFor()
    }

    it('what happens is told as it happens, and what was refused is sent again once the server is mended', async () => {
      const [ada, bob] = await Promise.all([signUp(stack), signUp(stack, 'Bob Barker')])
      const { page, organization } = await arriveWith(ada, 'Difference Works')
      const secret = await addEndpoint(page)
      const log = rows(page, 'Deliveries')
      await join(stack, ada, bob, organization)
      await shownLater(page, log.filter({ hasText: 'Somebody joined' }).getByText('Delivered'))
      const [joined] = receiver.received
      expect(joined && isSignedBy(joined, secret)).toBe(true)
      expect(JSON.parse(joined?.body ?? '')).toMatchObject({
        type: 'member.joined',
        data: { organizationId: organization.id, userId: userIdOf(bob) },
      })
      await log.getByRole('link', { name: 'Somebody joined' }).click()
      await page.getByRole('heading', { name: 'Somebody joined' }).waitFor()
      const attempts = rows(page, 'Attempts')
      await attempts.getByText('Answered 200').waitFor()
      expect(await block(page, 'Request headers of attempt 1').innerText()).toContain('webhook-signature: v1,')
      expect(await block(page, 'Answer body of attempt 1').innerText()).toBe('ok')
      expect(await block(page, 'Body').innerText()).toContain('"type": "member.joined"')
      await page.getByRole('button', { name: 'Copy the body' }).click()
      await told(page, 'Body copied')
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(joined?.body)
      await expectNoBarriers(page)

      receiver.answer(500, 'out of order')
      await ada.users.updateMember({ id: organization.id, userId: userIdOf(bob), role: 'admin' })
      await page.getByRole('link', { name: 'Deliveries' }).click()
      const changed = log.filter({ hasText: 'A role changed' })
      await shownLater(page, changed.getByText(/answered 500.*next attempt in/))
      await changed.getByText('Pending').waitFor()
      await page.getByRole('combobox', { name: 'Status' }).selectOption('Delivered')
      await page.waitForURL(/status=delivered/)
      await expect.poll(() => log.allInnerTexts(), soon).toHaveLength(1)
      await page.getByRole('combobox', { name: 'Status' }).selectOption('Pending')
      await page.getByRole('combobox', { name: 'Event type' }).selectOption('An invoice was paid')
      await page.getByText('No delivery like that').waitFor()
      await page.getByRole('link', { name: 'Clear' }).click()
      await changed.getByRole('link', { name: 'A role changed' }).click()
      await rows(page, 'Attempts').getByText('out of order').waitFor()
      await page.getByText('Next attempt').waitFor()
      await expectNoBarriers(page)

      receiver.answer(200, 'mended')
      await page.getByRole('button', { name: 'Replay…' }).click()
      await expectNoBarriers(page)
      await answerDialog(page, 'Replay')
      await rows(page, 'Attempts').getByText('mended').waitFor()
      await page.getByText('Delivered', { exact: true }).first().waitFor()
      const [, refused, again] = receiver.received
      expect(again?.headers['webhook-id']).toBe(refused?.headers['webhook-id'])
      expect(again?.body).toBe(refused?.body)
      await page.getByRole('link', { name: 'an earlier delivery' }).click()
      await page.getByRole('link', { name: 'once', exact: true }).waitFor()
      await rows(page, 'Attempts').getByText('out of order').waitFor()
    })

    it('an operator who acts as an admin looks at it and tests it, and is shown no secret', async () => {
      const [olga, ada] = await Promise.all([signUp(stack, 'Olga Operator'), signUp(stack)])
      await database.query('update users.person set operator = true where id = $1', [userIdOf(olga)])
      const { page: hers } = await arriveWith(ada, 'Glass Bells')
      await addEndpoint(hers)
      const { page } = await arriveAs(olga, '/operators/act-as')
      await page.getByLabel('Person').fill(ada.email)
      await page.getByLabel('Reason').fill('Ticket 4714')
      await page.getByRole('button', { name: 'Act as this person' }).click()
      await page.waitForURL(`${stack.url}/dashboard`)
      await actFor(page, 'Glass Bells')
      await page.goto(`${stack.url}/organization/webhooks`)
      await page.getByText('You can look, and change nothing').waitFor()
      await rows(page, 'Endpoints').getByRole('link').click()
      await sendTest(page, 'The test was taken')
      await answerDialog(page, 'Done')
      await page.getByRole('link', { name: 'Settings', exact: true }).last().click()
      await page.getByText('You can look, and change nothing').waitFor()
      expect(await page.getByLabel('URL').isDisabled()).toBe(true)
      for (const name of [/^Save/, /^Rotate/, 'Disable', /^Delete/])
        expect(await page.getByRole('button', { name }).count()).toBe(0)
      await expectNoBarriers(page)
    })

    // However the product runs, these are about the screens of one module: split by night alone.
    if (topology === 'split' && !nightly) return

    it('an endpoint is added, its secret is shown once, and a test is signed by it', async () => {
      const ada = await signUp(stack)
      const { page } = await arriveWith(ada, 'Analytical Engines')
      await page.getByText('No endpoints yet').waitFor()
      await expectNoBarriers(page)
      await page.getByRole('button', { name: 'Add endpoint' }).click()
      const dialog = page.getByRole('dialog')
      const add = dialog.getByRole('button', { name: 'Add endpoint' })
      await dialog.getByLabel('URL').fill('example.com/hooks')
      await add.click()
      await dialog.getByText('A whole address, please').waitFor()
      await dialog.getByText('Choose what it hears of, one at least.').waitFor()
      await expectNoBarriers(page)
      provoked.push(/400/)
      await dialog.getByLabel('URL').fill('http://169.254.169.254/latest/meta-data')
      await dialog.getByLabel(/Somebody joined/).check()
      await add.click()
      await dialog.getByText('This address is not on the public internet.').waitFor()
      await expect.poll(() => dialog.getByLabel('URL').evaluate((field) => field.matches(':focus')), soon).toBe(true)
      await dialog.getByLabel('URL').fill(receiver.url)
      await dialog.getByLabel('Description').fill('Keeps our CRM up to date')
      await add.click()

      await page.getByRole('button', { name: 'Copy', exact: true }).click()
      await told(page, 'Signing secret copied')
      const secret = await theSecret(page)
      expect(secret).toMatch(/^whsec_/)
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(secret)
      await expectNoBarriers(page)
      await answerDialog(page, 'I have copied it')
      await page.getByText('Nothing was sent yet').waitFor()
      expect(await page.content()).not.toContain(secret)
      await expectNoBarriers(page)

      await sendTest(page, 'The test was taken')
      await page
        .getByRole('dialog')
        .getByText(/^Answered 200/)
        .waitFor()
      await expectNoBarriers(page)
      expect(receiver.received.map((request) => isSignedBy(request, secret))).toEqual([true])
      expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ type: 'webhooks.test' })
      await answerDialog(page, 'Done')
      await rows(page, 'Deliveries').filter({ hasText: 'Test' }).getByText('Delivered').waitFor()

      await page.getByRole('link', { name: 'Webhooks', exact: true }).first().click()
      const row = rows(page, 'Endpoints')
      await row.getByText('Keeps our CRM up to date').waitFor()
      expect(await row.innerText()).toMatch(/Enabled[^]*1 of \d event types/)
      await expectNoBarriers(page)
    })

    it('after an outage all that was missed is sent once more, as far as the hour allows', async () => {
      const [ada, bob] = await Promise.all([signUp(stack), signUp(stack, 'Bob Barker')])
      const { page, organization } = await arriveWith(ada, 'Storm Glass')
      await addEndpoint(page)
      receiver.answer(410)
      await join(stack, ada, bob, organization)
      await shownLater(page, page.getByText('We switched it off, because it is gone'))
      await ada.users.updateMember({ id: organization.id, userId: userIdOf(bob), role: 'admin' })
      const changed = rows(page, 'Deliveries').filter({ hasText: 'A role changed' })
      await shownLater(page, changed.getByText('never sent'))
      await expectNoBarriers(page)

      receiver.answer(200)
      await page.getByRole('button', { name: 'Enable' }).click()
      await told(page, 'The endpoint is enabled')
      await page.getByRole('button', { name: 'Replay missed…' }).click()
      await page.getByLabel('What happened since').selectOption('An hour ago')
      await expectNoBarriers(page)
      await answerDialog(page, 'Replay')
      await told(page, '2 deliveries are being sent once more')
      await shownLater(page, changed.filter({ hasText: 'Replay' }).getByText('Delivered'))
      expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(2)
      await page.getByRole('button', { name: 'Replay missed…' }).click()
      await answerDialog(page, 'Replay')
      await told(page, 'Nothing was missed')

      await database.query(
        `insert into notifications.webhook_by_hand (id, organization_id, kind, at)
         select gen_random_uuid(), $1, 'test', now() - interval '10 minutes' from generate_series(1, 60)`,
        [organization.id],
      )
      provoked.push(/429/)
      await page.getByRole('button', { name: 'Send a test' }).click()
      await told(page, 'Your organisation has sent enough for now')
      await told(page, /You can try again in (4\d|50) minutes/)
      await expectNoBarriers(page)
    })

    it('two secrets sign while one is rotated; an endpoint is switched off and on, and deleted for good', async () => {
      const ada = await signUp(stack)
      const { page } = await arriveWith(ada, 'Quiet Harbour')
      const old = await addEndpoint(page)
      await page.getByRole('link', { name: 'Settings', exact: true }).last().click()
      await page.getByLabel('Description').fill('Counts who is there')
      await page.getByLabel(/An invoice was paid/).uncheck()
      await expectNoBarriers(page)
      await page.getByRole('button', { name: 'Save changes' }).click()
      await told(page, 'Saved')
      await page.reload()
      await expect.poll(() => page.getByLabel('Description').inputValue(), soon).toBe('Counts who is there')
      expect(await page.getByLabel(/An invoice was paid/).isChecked()).toBe(false)

      await page.getByRole('button', { name: 'Rotate the secret…' }).click()
      await page.getByLabel('The old one signs as well').selectOption('For three days')
      await page.getByText('Each request carries both signatures').waitFor()
      await expectNoBarriers(page)
      await page.getByRole('button', { name: 'Make a new secret' }).click()
      const renewed = await theSecret(page)
      await answerDialog(page, 'I have copied it')
      await page.getByText('Two secrets sign at the moment').waitFor()
      await sendTest(page, 'The test was taken')
      const [request] = receiver.received
      expect(request && signaturesOf(request)).toHaveLength(2)
      expect([old, renewed].map((secret) => request && isSignedBy(request, secret))).toEqual([true, true])
      await answerDialog(page, 'Done')

      await page.getByRole('button', { name: 'Disable' }).click()
      await told(page, 'The endpoint is disabled')
      await page.getByText('It is disabled: nothing is sent to it').waitFor()
      await expectNoBarriers(page)
      await page.getByRole('button', { name: 'Enable' }).first().click()
      await told(page, 'The endpoint is enabled')
      await page.getByText('It is disabled: nothing is sent to it').waitFor({ state: 'detached' })

      await page.getByRole('button', { name: 'Delete…' }).click()
      await page.getByLabel(/^Type/).fill('example.com')
      await page.getByRole('button', { name: 'Delete endpoint' }).click()
      await page.getByText('This is not what it says above.').waitFor()
      await expectNoBarriers(page)
      await page.getByLabel(/^Type/).fill(new URL(receiver.url).host)
      await page.getByRole('button', { name: 'Delete endpoint' }).click()
      await told(page, 'The endpoint is deleted')
      await page.getByText('No endpoints yet').waitFor()
      await sectionLink(page, 'Activity').click()
      const log = rows(page, 'Activity')
      await log.getByText('Ada Lovelace deleted a webhook endpoint.').waitFor()
      await log.getByText('Ada Lovelace made a new secret for a webhook endpoint.').waitFor()
      await expectNoBarriers(page)
      await page.goBack()
      await page.getByText('No endpoints yet').waitFor()
      provoked.push(/404/)
      await page.goBack()
      await page.getByText('There is no such endpoint').waitFor()
      await expectNoBarriers(page)
    })

    it('an endpoint that failed for days says so on a phone, and a test that fails says why', async () => {
      const ada = await signUp(stack)
      const { page } = await arriveWith(ada, 'Last Light', phone)
      await addEndpoint(page)
      const mine = [receiver.url]
      await database.query(
        "update notifications.webhook_endpoint set failing_since = now() - interval '4 days' where url = $1",
        mine,
      )
      await page.reload()
      await page.getByText('It takes nothing at the moment').waitFor()
      await database.query(
        "update notifications.webhook_endpoint set status = 'disabled', disabled_because = 'failing' where url = $1",
        mine,
      )
      await page.reload()
      await page.getByText('We switched it off, because it failed').waitFor()
      await expectNoBarriers(page)
      await expectNoOverflow(page)
      await page.getByRole('button', { name: 'Enable' }).click()
      await told(page, 'The endpoint is enabled')

      receiver.answer(503, 'x'.repeat(10_000))
      await sendTest(page, 'The test was not taken')
      await page.getByText('This is the beginning of it').waitFor()
      await expectNoBarriers(page)
      await page.getByRole('link', { name: 'See the delivery' }).click()
      await page.getByText('Cut off').waitFor()
      await expectNoBarriers(page)
      await expectNoOverflow(page)
      await page.goto(`${stack.url}/organization/webhooks`)
      await rows(page, 'Endpoints').first().waitFor()
      await expectNoBarriers(page)
      await expectNoOverflow(page)
    })

    it('a member is told who may, and has no way there', async () => {
      const [ada, bob] = await Promise.all([signUp(stack), signUp(stack, 'Bob Barker')])
      const organization = await makeOrganization(ada, 'Role Play')
      await join(stack, ada, bob, organization)
      const { page } = await arriveAs(bob, '/dashboard')
      await actFor(page, 'Role Play')
      await expect.poll(() => sectionLink(page, 'Webhooks').count(), soon).toBe(0)
      await page.goto(`${stack.url}/organization/webhooks`)
      await page.getByText('Only owners and admins of Role Play can see and change where its webhooks go.').waitFor()
      await expectNoBarriers(page)
    })
  },
)
