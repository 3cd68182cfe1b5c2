import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { identityFrom, type claimsOf } from '@lightpress/kernel'
import type { Identity } from '@lightpress/protocol'
import { decodeJwt } from 'jose'
import pg from 'pg'
import { newPerson, signUp, type Person } from './person.ts'
import { createSender, type Send } from './send.ts'
import { createForge, readPrivateKey, type Forge } from './signing-keys.ts'
import { startStack, type Stack, type StackOptions } from './stack.ts'

/** The product with its keys in the test's hand, so that a test can be whoever it wants. */
export interface World {
  stack: Stack
  keys: { INTERNAL_KEY: string; AUTH_KEY_ENCRYPTION_KEY: string; SECRETS_ENCRYPTION_KEY: string }
  database: pg.Pool
  send: Send
  /** Requests so far. */
  requests: () => number
  /** Signs access tokens as auth does. */
  sign: Forge
  /** Signs them under the same `kid` with a key that is not auth's. */
  signWrongly: Forge
  close(): Promise<void>
}

export async function createWorld(
  topology: StackOptions['topology'],
  { env = {}, queue = 'postgres' }: Partial<StackOptions> = {},
): Promise<World> {
  const key = () => randomBytes(32).toString('base64')
  const keys = { INTERNAL_KEY: key(), AUTH_KEY_ENCRYPTION_KEY: key(), SECRETS_ENCRYPTION_KEY: key() }
  const stack = await startStack({ topology, queue, env: { ...keys, ...env } })
  // What is asked of all tables at once would begin processes of its own each time, for a few rows.
  const options = '-c max_parallel_workers_per_gather=0'
  const database = new pg.Pool({ connectionString: stack.databaseUrl, max: 4, options })
  const { send, count, close } = createSender(stack.url)
  const end = async () => {
    await close()
    await database.end()
    await stack.stop()
  }
  try {
    await newPerson(stack).auth.getKeySet()
    const { kid, pem } = await readPrivateKey(stack.databaseUrl, keys.AUTH_KEY_ENCRYPTION_KEY)
    const stranger = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    return {
      stack,
      keys,
      database,
      send,
      requests: count,
      sign: await createForge({ kid, pem }, stack.url),
      signWrongly: await createForge({ kid, pem: stranger }, stack.url),
      close: end,
    }
  } catch (error) {
    await end()
    throw error
  }
}

/** Somebody with an account, and who they are to the services. */
export type Member = Person & { identity: Identity }

export async function joinWorld({ stack }: World, name: string): Promise<Member> {
  const person = await signUp(stack, name)
  return Object.assign(person, { identity: readIdentity(person.accessToken ?? '') })
}

/** Makes somebody a member of an organisation, in a role, and their next sessions act in it. */
export async function enlist(
  { database }: World,
  member: Member,
  { organizationId, role }: Pick<Identity, 'organizationId' | 'role'>,
): Promise<void> {
  await database.query('insert into users.membership (organization_id, user_id, role) values ($1, $2, $3)', [
    organizationId,
    member.identity.userId,
    role,
  ])
  Object.assign(member.identity, { organizationId, role })
}

export async function makeOperator({ database }: World, { identity }: Member): Promise<void> {
  await database.query('update users.person set operator = true where id = $1', [identity.userId])
  identity.operator = true
}

/** How a session is, where it is not the person's own that has just begun. */
export interface SessionKind {
  /** Seconds since they proved who they are. */
  provedAgo?: number
  /** The operator who acts as them in it. */
  impersonator?: Member
}

/** A session of its own for one request, because some requests end it. */
export async function newSession(
  { database, sign }: World,
  { identity }: Member,
  { provedAgo = 0, impersonator }: SessionKind = {},
): Promise<Record<string, string>> {
  const sessionId = randomUUID()
  const authenticatedAt = Math.floor(Date.now() / 1_000) - provedAgo
  const impersonatorId = impersonator?.identity.userId ?? null
  const { rows } = await database.query<{ session_version: number }>(
    `with made as (
       insert into auth.session (id, user_id, organization_id, authenticated_at, impersonator_id, ends_at)
       values ($1, $2, $3, to_timestamp($4), $5::uuid, case when $5::uuid is not null then now() + interval '1 hour' end)
       returning user_id
     ) select session_version from auth.account join made using (user_id)`,
    [sessionId, identity.userId, identity.organizationId, authenticatedAt, impersonatorId],
  )
  const sessionVersion = rows[0]?.session_version ?? 0
  const token = await sign({ ...identity, sessionId, sessionVersion, authenticatedAt, impersonatorId })
  return { authorization: `Bearer ${token}` }
}

function readIdentity(token: string): Identity {
  return identityFrom(decodeJwt<ReturnType<typeof claimsOf>>(token))
}
