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

/** Gives somebody one of each thing that only a browser or another provider could bring. */
export async function furnish(world: World, member: Member): Promise<void> {
  const { userId } = member.identity
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
}
