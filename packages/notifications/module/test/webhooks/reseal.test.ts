import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { NotificationsContext } from '../../src/context.ts'
import { webhookEndpoint } from '../../src/webhooks/schema.ts'
import { resealByHand } from '../../src/webhooks/reseal.ts'
import { createSecrets } from '../../src/secrets.ts'
import { openSecret, sealSecret } from '../../src/webhooks/signing.ts'
import { startWebhooks, type Webhooks } from '../support/webhooks.ts'

let app: Webhooks
beforeAll(async () => {
  app = await startWebhooks()
})
afterAll(() => app.close())

const [next, old] = [Buffer.alloc(32, 7).toString('base64'), () => app.ctx.config.SECRETS_ENCRYPTION_KEY]

it('a process that knows only the new key does not start while a secret is sealed under the old one, wherever it stands', async () => {
  const { addEndpoint } = app.newCustomer()
  const endpoints = [await addEndpoint('https://127.0.0.1:8443/a'), await addEndpoint('https://127.0.0.1:8443/b')]
  const { db } = app.ctx
  const seal = (keys: string, id: string) => sealSecret('whsec_MQ==', id, createSecrets(keys))
  for (const { id } of endpoints) {
    for (const each of endpoints)
      await db
        .update(webhookEndpoint)
        .set({ sealedSecret: seal(next, each.id) })
        .where(eq(webhookEndpoint.id, each.id))
    await db
      .update(webhookEndpoint)
      .set({ sealedSecret: seal(old(), id) })
      .where(eq(webhookEndpoint.id, id))
    await expect(app.startAnother({ SECRETS_ENCRYPTION_KEY: next })).rejects.toThrow('is not the one')
  }
  await db.delete(webhookEndpoint)
})

it('secrets of webhooks are sealed anew under a new key, and the old one can go', async () => {
  const { admin, addEndpoint } = app.newCustomer()
  const { id } = await addEndpoint('https://127.0.0.1:8443/hooks')
  const { secret } = await admin.rotateWebhookSecret({ id, overlapHours: 2 })

  const during = await app.startAnother({ SECRETS_ENCRYPTION_KEY: `${next},${old()}` })
  const reseal = () =>
    resealByHand.run({ args: [] }, during.contextFor('notifications') as unknown as NotificationsContext)
  expect(await reseal()).toBe('Sealed anew: 2 secrets of webhooks.')
  expect(await reseal()).toBe('The secrets of all webhooks are sealed under the first key.')
  await during.close()

  const after = await app.startAnother({ SECRETS_ENCRYPTION_KEY: next })
  const { db, secrets } = after.contextFor('notifications') as unknown as NotificationsContext
  const [row] = await db.select().from(webhookEndpoint)
  expect(openSecret(row!.sealedSecret, id, secrets)).toBe(secret)
  await after.close()
})
