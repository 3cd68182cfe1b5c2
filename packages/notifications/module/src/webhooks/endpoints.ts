import { newId, organizationOf, once, spendWithin, type Tx } from '@lightpress/kernel'
import type { notifications } from '@lightpress/notifications-contract'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import { asc, eq } from 'drizzle-orm'
import type { NotificationsContext } from '../context.ts'
import { endpointNotFound, findEndpoint, ownEndpoint } from './find.ts'
import { sayChanged } from './say-changed.ts'
import { webhookEndpoint } from './schema.ts'
import { toEndpoint } from './shapes.ts'
import { newWebhookSecret, openSecret, sealSecret } from './signing.ts'
import { RefusedTarget } from './targets.ts'
import { cancelWaiting, lockTurns, type Endpoint } from './turns.ts'

type Ops = (typeof notifications)['operations']

/** Of an organisation. */
const LIMIT = 20

export async function listWebhookEndpoints(
  _input: Input<Ops['listWebhookEndpoints']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['listWebhookEndpoints']>> {
  const rows = await ctx.db
    .select()
    .from(webhookEndpoint)
    .where(eq(webhookEndpoint.organizationId, organizationOf(ctx)))
    .orderBy(asc(webhookEndpoint.id))
  const now = new Date()
  return { items: rows.map((row) => toEndpoint(row, now)), limit: LIMIT }
}

export async function getWebhookEndpoint(
  { id }: Input<Ops['getWebhookEndpoint']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['getWebhookEndpoint']>> {
  return toEndpoint(await findEndpoint(id, ctx), new Date())
}

export async function createWebhookEndpoint(
  input: Input<Ops['createWebhookEndpoint']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['createWebhookEndpoint']>> {
  const url = await checkUrl(input.url, ctx)
  const { description, eventTypes } = input
  const organizationId = organizationOf(ctx)
  // What `once` keeps is kept in the open: the secret is not among it.
  const create = async (tx: Tx) => {
    await requireRoom(tx, organizationId)
    const id = newId()
    const sealedSecret = sealSecret(newWebhookSecret(), id, ctx.secrets)
    await tx
      .insert(webhookEndpoint)
      .values({ id, organizationId, url, description, eventTypes: [...new Set(eventTypes)], sealedSecret })
    await sayChanged(tx, { organizationId, endpointId: id, change: 'added' }, ctx)
    return id
  }
  return ctx.withTx(async (tx) => {
    const effect = () => create(tx)
    const id = await once(tx, { operation: 'createWebhookEndpoint', input, effect }, ctx)
    return withSecret(await findEndpoint(id, { ...ctx, db: tx }), ctx)
  })
}

/** Another address begins anew: what the one before did not take says nothing of it. So does switching it on again. */
export async function updateWebhookEndpoint(
  { id, enabled, ...changes }: Input<Ops['updateWebhookEndpoint']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['updateWebhookEndpoint']>> {
  const { organizationId } = await findEndpoint(id, ctx)
  const url = changes.url === undefined ? undefined : await checkUrl(changes.url, ctx)
  return ctx.withTx(async (tx) => {
    await lockTurns(tx, organizationId)
    const before = await findEndpoint(id, { ...ctx, db: tx })
    const { description = before.description, eventTypes = before.eventTypes } = changes
    const isRepointed = url !== undefined && url !== before.url
    const isSwitched = enabled !== undefined && enabled !== (before.status === 'enabled')
    const isNew = isRepointed || (isSwitched && enabled)
    const [row] = await tx
      .update(webhookEndpoint)
      .set({
        url: url ?? before.url,
        description,
        eventTypes: [...new Set(eventTypes)],
        ...(isNew && { failingSince: null, failures: 0 }),
        ...(isSwitched && enabled && { status: 'enabled', disabledBecause: null }),
        ...(isSwitched && !enabled && { status: 'disabled', disabledBecause: 'person' }),
      })
      .where(ownEndpoint(id, ctx))
      .returning()
    if (!row) throw endpointNotFound()
    if (row.status === 'disabled') await cancelWaiting(tx, id)
    const say = (change: 'repointed' | 'enabled' | 'disabled') =>
      sayChanged(tx, { organizationId, endpointId: id, change }, ctx)
    if (isRepointed) await say('repointed')
    if (isSwitched) await say(row.status)
    return toEndpoint(row, new Date())
  })
}

/** Its log goes with it. */
export async function deleteWebhookEndpoint(
  { id }: Input<Ops['deleteWebhookEndpoint']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['deleteWebhookEndpoint']>> {
  const organizationId = organizationOf(ctx)
  await ctx.withTx(async (tx) => {
    await lockTurns(tx, organizationId)
    const { rowCount } = await tx.delete(webhookEndpoint).where(ownEndpoint(id, ctx))
    if (rowCount === 0) throw endpointNotFound()
    await sayChanged(tx, { organizationId, endpointId: id, change: 'deleted' }, ctx)
  })
  return {}
}

/** Of a rotation before this one only the last secret signs on: who rotates twice has a reason to hurry. */
export async function rotateWebhookSecret(
  input: Input<Ops['rotateWebhookSecret']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['rotateWebhookSecret']>> {
  const { id, overlapHours } = input
  const rotate = async (tx: Tx) => {
    const [before] = await tx.select().from(webhookEndpoint).where(ownEndpoint(id, ctx)).for('update')
    if (!before) throw endpointNotFound()
    const overlaps = overlapHours > 0
    await tx
      .update(webhookEndpoint)
      .set({
        sealedSecret: sealSecret(newWebhookSecret(), id, ctx.secrets),
        sealedOldSecret: overlaps ? before.sealedSecret : null,
        oldSecretUntil: overlaps ? new Date(Date.now() + overlapHours * 3_600_000) : null,
      })
      .where(ownEndpoint(id, ctx))
    await sayChanged(tx, { organizationId: before.organizationId, endpointId: id, change: 'secret_rotated' }, ctx)
    return id
  }
  return ctx.withTx(async (tx) => {
    await once(tx, { operation: 'rotateWebhookSecret', input, effect: () => rotate(tx) }, ctx)
    return withSecret(await findEndpoint(id, { ...ctx, db: tx }), ctx)
  })
}

async function requireRoom(tx: Tx, organizationId: string): Promise<void> {
  const used = () => tx.$count(webhookEndpoint, eq(webhookEndpoint.organizationId, organizationId))
  if (await spendWithin(tx, { of: `webhook endpoints ${organizationId}`, limit: LIMIT, used })) return
  const message = `An organisation has ${LIMIT} webhook endpoints at most. Remove one that is not needed.`
  throw new AppError('conflict', 'notifications.webhook_endpoint_limit', message)
}

/** The URL in its one form, if we may send there. Outside of any transaction, because a name is looked up. */
async function checkUrl(text: string, { webhooks: { targets } }: NotificationsContext): Promise<string> {
  try {
    const url = targets.parse(text)
    await targets.check(url)
    return url.href
  } catch (error) {
    if (!(error instanceof RefusedTarget)) throw error
    const { message } = error
    throw new AppError('invalid', 'notifications.webhook_url_refused', message, { errors: [{ path: 'url', message }] })
  }
}

function withSecret(endpoint: Endpoint, { secrets }: NotificationsContext) {
  const secret = openSecret(endpoint.sealedSecret, endpoint.id, secrets)
  return { ...toEndpoint(endpoint, new Date()), secret }
}
