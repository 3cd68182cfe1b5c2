import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { startStack, type Stack, type StackOptions } from '@lightpress/dev'
import { identityFrom, type claimsOf } from '@lightpress/kernel'
import type { Identity } from '@lightpress/protocol'
import { decodeJwt } from 'jose'
import pg from 'pg'
import { newPerson, signUp, type Person } from './person.ts'
import { createSender, type Send } from './send.ts'
import { createForge, readPrivateKey, type Forge } from './signing-keys.ts'

/** The product with its keys in the test's hand, so that a test can be whoever it wants. */
export interface World {
  stack: Stack
  keys: { INTERNAL_KEY: string; AUTH_KEY_ENCRYPTION_KEY: string }
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
  const keys = { INTERNAL_KEY: key(), AUTH_KEY_ENCRYPTION_KEY: key() }
  const stack = await startStack({ topology, queue, env: { ...keys, ...env } })
  const database = new pg.Pool({ connectionString: stack.databaseUrl, max: 4 })
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

/** A session of its own for one request, because some requests end it. */
export async function newSession({ database, sign }: World, { identity }: Member): Promise<Record<string, string>> {
  const sessionId = randomUUID()
  const { rows } = await database.query<{ session_version: number }>(
    `with made as (
       insert into auth.session (id, user_id, organization_id) values ($1, $2, $3) returning user_id
     ) select session_version from auth.account join made using (user_id)`,
    [sessionId, identity.userId, identity.organizationId],
  )
  const token = await sign({ ...identity, sessionId, sessionVersion: rows[0]?.session_version ?? 0 })
  return { authorization: `Bearer ${token}` }
}

function readIdentity(token: string): Identity {
  return identityFrom(decodeJwt<ReturnType<typeof claimsOf>>(token))
}
