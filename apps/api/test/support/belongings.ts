import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Member, World } from './world.ts'

/** An API key of somebody's organisation that they made, as a program sends it. */
export async function issueApiKey(
  { database }: World,
  { identity }: Member,
  scopes: readonly string[],
): Promise<Record<string, string>> {
  const prefix = `lp_${randomBytes(6).toString('hex')}`
  const key = `${prefix}_${randomBytes(32).toString('hex')}`
  const hash = createHash('sha256').update(key).digest('base64url')
  // Used last tomorrow: noting a use would change rows while they are compared.
  await database.query(
    `insert into auth.api_key (id, organization_id, name, prefix, hash, scopes, created_by, last_used_at)
     values ($1, $2, 'A program', $3, $4, $5, $6, now() + interval '1 day')`,
    [randomUUID(), identity.organizationId, prefix, hash, scopes, identity.userId],
  )
  return { authorization: `Bearer ${key}` }
}

/**
 * Gives somebody one of each thing that only a browser, another provider, or a while could bring. Answers the ids of what
 * no operation shows, by noun.
 */
export async function furnish(world: World, member: Member): Promise<Map<string, Set<string>>> {
  const { userId, organizationId } = member.identity
  const [passkeyId, linkId] = [randomUUID(), randomUUID()]
  await world.database.query(
    `insert into auth.passkey (id, user_id, name, credential_id, public_key, signature_count, transports, synced)
     values ($1, $2, 'A laptop', $3, '', 0, '{}', true)`,
    [passkeyId, userId, randomBytes(16).toString('base64url')],
  )
  await world.database.query(
    `insert into auth.linked_sign_in (id, user_id, provider, issuer, subject, email)
     values ($1, $2, 'elsewhere', 'https://id.example.com', $3, $4)`,
    [linkId, userId, randomUUID(), member.email],
  )
  await issueApiKey(world, member, [])
  await world.database.query(
    `insert into users.invitation (id, organization_id, email, email_key, role, invited_by, expires_at)
     values ($1, $2, $3, $3, 'member', $4, now() + interval '7 days')`,
    [randomUUID(), organizationId, `invited-${randomUUID()}@example.com`, userId],
  )
  for (const [kind, id] of [
    ['person', userId],
    ['organization', organizationId],
  ]) {
    await world.database.query(
      `insert into users.export (id, subject_kind, subject_id, requested_by, state, ready_at, expires_at, file, bytes)
       values ($1, $2, $3, $4, 'ready', now(), now() + interval '7 days', $5, 1)`,
      [randomUUID(), kind, id, userId, `${randomUUID()}.zip`],
    )
  }
  const uploadId = randomUUID()
  await world.database.query(
    `insert into users.file (name, kind, state, user_id, remove_at)
     values ($1, 'upload', 'waiting', $2, now() + interval '1 day')`,
    [`${uploadId}.upload`, userId],
  )
  const suppressionId = await furnishNotifications(world, member)
  return new Map([
    ['upload', new Set([uploadId])],
    ['suppression', new Set([suppressionId])],
  ])
}

/** An endpoint with something that was sent there, and an address that bounced. Answers the id of the latter. */
async function furnishNotifications({ database }: World, { identity, notifications }: Member): Promise<string> {
  const { organizationId } = identity
  const suppressionId = randomUUID()
  const { id: endpointId } = await notifications.createWebhookEndpoint({
    url: 'https://hooks.example.com/theirs',
    description: 'Their server',
    eventTypes: ['member.joined'],
  })
  await database.query(
    `insert into notifications.webhook_delivery
       (id, endpoint_id, organization_id, message_id, event_type, body, status, attempts, request_id)
     values ($1, $2, $3, 'msg_theirs', 'member.joined', '{}', 'failed', 10, 'theirs')`,
    [randomUUID(), endpointId, organizationId],
  )
  await database.query(
    `insert into notifications.suppression (id, address, reason, detail) values ($1, $2, 'bounced', 'No such user')`,
    [suppressionId, `bounced-${suppressionId}@example.com`],
  )
  return suppressionId
}
