import { newId } from '@lightpress/kernel'
import { webhookEndpointChanged } from '@lightpress/notifications-contract'
import type { Payload } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { webhookEndpoint } from '../../src/webhooks/schema.ts'
import { startWebhooks, type Webhooks } from '../support/webhooks.ts'

let app: Webhooks
beforeAll(async () => {
  app = await startWebhooks()
})
afterAll(() => app.close())

const url = 'https://127.0.0.1:8443/hooks'

describe('an endpoint', () => {
  it('is shown with its secret once, which nobody else is shown and which stands nowhere in the open', async () => {
    const { admin } = app.newCustomer()
    const { secret, ...made } = await admin.createWebhookEndpoint({
      url,
      description: 'Our CRM',
      eventTypes: ['member.joined', 'invoice.paid', 'member.joined'],
    })
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/)
    expect(made).toMatchObject({
      url,
      description: 'Our CRM',
      eventTypes: ['member.joined', 'invoice.paid'],
      status: 'enabled',
      disabledBecause: null,
      failingSince: null,
      oldSecretUntil: null,
    })
    expect(await admin.getWebhookEndpoint({ id: made.id })).toEqual(made)
    expect(await admin.listWebhookEndpoints({})).toEqual({ items: [made], limit: 20 })
    const [row] = await app.ctx.db.select().from(webhookEndpoint).where(eq(webhookEndpoint.id, made.id))
    expect(JSON.stringify(row)).not.toContain(secret.slice('whsec_'.length))
  })

  it('is changed, and what is left out stays', async () => {
    const { admin, addEndpoint } = app.newCustomer()
    const { id } = await addEndpoint(url)
    const changed = await admin.updateWebhookEndpoint({ id, description: 'Another', eventTypes: ['invoice.paid'] })
    expect(changed).toMatchObject({ url, description: 'Another', eventTypes: ['invoice.paid'], status: 'enabled' })
    expect(await admin.updateWebhookEndpoint({ id, enabled: false })).toMatchObject({
      description: 'Another',
      status: 'disabled',
      disabledBecause: 'person',
    })
    expect(await admin.updateWebhookEndpoint({ id, enabled: true })).toMatchObject({
      status: 'enabled',
      disabledBecause: null,
    })
  })

  it('is removed', async () => {
    const { admin, addEndpoint } = app.newCustomer()
    const { id } = await addEndpoint(url)
    await admin.deleteWebhookEndpoint({ id })
    const gone = { reason: 'notifications.webhook_endpoint_not_found' }
    await expect(admin.getWebhookEndpoint({ id })).rejects.toMatchObject(gone)
    await expect(admin.deleteWebhookEndpoint({ id })).rejects.toMatchObject(gone)
  })

  it('is refused with a URL that we do not send to, and the reason says why', async () => {
    const { admin, addEndpoint } = app.newCustomer()
    const refused = { code: 'invalid', reason: 'notifications.webhook_url_refused' }
    await expect(addEndpoint('ftp://hooks.example.com/')).rejects.toMatchObject(refused)
    await expect(addEndpoint('https://a:b@127.0.0.1/')).rejects.toMatchObject(refused)
    await expect(addEndpoint('http://169.254.169.254/latest/meta-data/')).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('public internet') as string,
    })
    const { id } = await addEndpoint(url)
    await expect(admin.updateWebhookEndpoint({ id, url: 'http://[fe80::1]/' })).rejects.toMatchObject(refused)
    expect(await admin.getWebhookEndpoint({ id })).toMatchObject({ url })
  })

  it('is one of twenty at most, however many are asked for at once', async () => {
    const { admin, addEndpoint } = app.newCustomer()
    const asked = await Promise.allSettled(Array.from({ length: 25 }, () => addEndpoint(url)))
    const refused = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason as { reason: string }] : []))
    expect(refused.map(({ reason }) => reason)).toEqual(Array(5).fill('notifications.webhook_endpoint_limit'))
    expect((await admin.listWebhookEndpoints({})).items).toHaveLength(20)
  })

  it('is for those who look after the organisation', async () => {
    const { as, addEndpoint } = app.newCustomer()
    const { id } = await addEndpoint(url)
    const member = as('member')
    const refused = { reason: 'request.not_allowed' }
    await expect(member.listWebhookEndpoints({})).rejects.toMatchObject(refused)
    await expect(member.createWebhookEndpoint({ url, eventTypes: ['invoice.paid'] })).rejects.toMatchObject(refused)
    await expect(member.rotateWebhookSecret({ id })).rejects.toMatchObject(refused)
    expect((await as('owner').listWebhookEndpoints({})).items).toHaveLength(1)
  })

  it('of another organisation does not exist', async () => {
    const { id } = await app.newCustomer().addEndpoint(url)
    const { admin } = app.newCustomer()
    const none = { code: 'not_found', reason: 'notifications.webhook_endpoint_not_found' }
    const attempts = [
      () => admin.getWebhookEndpoint({ id }),
      () => admin.updateWebhookEndpoint({ id, enabled: false }),
      () => admin.deleteWebhookEndpoint({ id }),
      () => admin.rotateWebhookSecret({ id }),
      () => admin.testWebhookEndpoint({ id }),
      () => admin.listWebhookDeliveries({ id }),
    ]
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject(none)
    const noDelivery = { code: 'not_found', reason: 'notifications.webhook_delivery_not_found' }
    await expect(admin.getWebhookDelivery({ id: newId() })).rejects.toMatchObject(noDelivery)
    await expect(admin.replayWebhookDelivery({ id: newId() })).rejects.toMatchObject(noDelivery)
    expect((await admin.listWebhookEndpoints({})).items).toEqual([])
  })
})

it('each change of an endpoint is said to users, with who did it: once, and not what changes nothing', async () => {
  const { admin, person, organizationId, addEndpoint } = app.newCustomer()
  const { id } = await addEndpoint(url)
  await admin.updateWebhookEndpoint({ id, url: `${url}/elsewhere` })
  await admin.updateWebhookEndpoint({ id, url: `${url}/elsewhere`, description: 'Ours', enabled: true })
  await admin.updateWebhookEndpoint({ id, enabled: false })
  await admin.updateWebhookEndpoint({ id, enabled: true })
  await admin.rotateWebhookSecret({ id })
  await admin.deleteWebhookEndpoint({ id })
  const said = (await app.outbox()).filter(({ type }) => type === webhookEndpointChanged.type)
  const mine = said.map(({ payload }) => payload as Payload<typeof webhookEndpointChanged>)
  const by = { organizationId, endpointId: id, actorId: person.id, apiKeyId: null }
  expect(mine.filter(({ endpointId }) => endpointId === id)).toEqual(
    (['added', 'repointed', 'disabled', 'enabled', 'secret_rotated', 'deleted'] as const).map((change) => ({
      ...by,
      change,
    })),
  )
})

describe('a rotation', () => {
  it('makes another secret and says until when the old one signs', async () => {
    const { admin, addEndpoint } = app.newCustomer()
    const { id, secret } = await addEndpoint(url)
    const rotated = await admin.rotateWebhookSecret({ id, overlapHours: 2 })
    expect(rotated.secret).not.toBe(secret)
    const hours = (Date.parse(rotated.oldSecretUntil as string) - Date.now()) / 3_600_000
    expect(hours).toBeGreaterThan(1.9)
    expect(hours).toBeLessThan(2.1)
    expect(await admin.rotateWebhookSecret({ id, overlapHours: 0 })).toMatchObject({ oldSecretUntil: null })
  })
})

describe('a process', () => {
  it('does not start with a key that opens no secret', async () => {
    await app.newCustomer().addEndpoint(url)
    const other = Buffer.alloc(32, 7).toString('base64')
    await expect(app.startAnother({ SECRETS_ENCRYPTION_KEY: other })).rejects.toThrow(
      /^SECRETS_ENCRYPTION_KEY is not the one that the secret of the webhook [0-9a-f-]{36} was sealed under/,
    )
  })

  it('does not start with targets on its own network where others can reach it', async () => {
    const elsewhere = { PUBLIC_URL: 'https://app.example.com', TRUSTED_PROXIES: 'none' }
    await expect(app.startAnother(elsewhere)).rejects.toThrow('WEBHOOK_TARGETS is local')
    const { close } = await app.startAnother({ ...elsewhere, WEBHOOK_TARGETS: 'public' })
    await close()
  })
})
