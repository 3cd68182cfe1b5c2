import { randomBytes } from 'node:crypto'
import type { Access, Operation } from '@lightpress/protocol'
import { issueApiKey } from './belongings.ts'
import { isReachable, requestFor, serviceOf, type Declared } from './operations.ts'
import { until } from './person.ts'
import { idFields } from './victim.ts'
import { newSession, type Member, type World } from './world.ts'

/** Somebody who calls, and what the seam must say to them. */
export interface Principal {
  name: string
  headers(): Promise<Record<string, string>>
  /** Why an operation is not for them; null where they may call it, and then get their own things only. */
  refusal(operation: Operation): Refusal | null
  /** Who they are, if they are somebody. */
  member: Member | null
  /** Whose things they may see at most, where those are not their own. */
  instead?: Principal
}

export interface Refusal {
  status: number
  reason: string
}

/** Whoever must not get at the victim's things. */
export async function createAttackers(
  world: World,
  { operations, eve, bob, mallory, operator }: Cast & { operations: readonly Declared[] },
): Promise<Principal[]> {
  const scopes = scopesOf(operations)
  const member = somebody(world, 'member of the same organisation', bob)
  return [
    nobody('anonymous', {}, 'request.sign_in_required'),
    nobody('expired token', bearer(await world.sign(eve.identity, { lifetime: -60 })), 'request.token_invalid'),
    nobody('token signed by another key', bearer(await world.signWrongly(eve.identity)), 'request.token_invalid'),
    nobody('token of a revoked session', await revokedSession(world, mallory, operations), 'request.session_ended'),
    nobody(
      'API key that was never issued',
      bearer(`lp_${randomBytes(6).toString('hex')}_${randomBytes(32).toString('hex')}`),
      'request.api_key_invalid',
    ),
    program('API key without scope', await issueApiKey(world, eve, []), []),
    program('API key of another organisation with every scope', await issueApiKey(world, eve, scopes), scopes),
    somebody(world, 'owner of another organisation', eve),
    unproved(world, 'owner whose proof is old', eve),
    member,
    impersonator(world, 'operator who acts as a member of the same organisation', { operator, member: bob }, member),
  ]
}

interface Cast {
  eve: Member
  bob: Member
  mallory: Member
  operator: Member
}

/** Whoever may do all there is to do. */
export async function createInsiders(
  world: World,
  { operations, owner, operator }: { operations: readonly Declared[]; owner: Member; operator: Member },
): Promise<Principal[]> {
  const scopes = scopesOf(operations)
  return [
    somebody(world, 'owner', owner),
    somebody(world, 'operator', operator),
    program("API key of the owner's organisation with every scope", await issueApiKey(world, owner, scopes), scopes),
  ]
}

/** Every scope that there is. */
function scopesOf(operations: readonly Declared[]): string[] {
  return [...new Set(operations.flatMap(({ operation: { scope } }) => scope ?? []))]
}

export function nobody(name: string, headers: Record<string, string>, reason: string): Principal {
  return {
    name,
    headers: () => Promise.resolve(headers),
    refusal: ({ access }) => (isOpen(access) ? null : { status: 401, reason }),
    member: null,
  }
}

export function somebody(world: World, name: string, member: Member): Principal {
  return {
    name,
    headers: () => newSession(world, member),
    refusal: ({ access }) => (mayCall(access, member) ? null : { status: 403, reason: 'request.not_allowed' }),
    member,
  }
}

/** Somebody who proved who they are a while ago: let in but to what asks for that again. */
function unproved(world: World, name: string, member: Member): Principal {
  const { refusal } = somebody(world, name, member)
  return {
    name,
    headers: () => newSession(world, member, { provedAgo: 3_600 }),
    refusal: (operation) =>
      refusal(operation) ??
      (operation.assurance === 'recent' ? { status: 403, reason: 'request.step_up_required' } : null),
    member,
  }
}

/** An operator in somebody else's place: may what they may, but for what asks for the person themself. */
function impersonator(
  world: World,
  name: string,
  { operator, member }: { operator: Member; member: Member },
  instead: Principal,
): Principal {
  return {
    name,
    headers: () => newSession(world, member, { impersonator: operator }),
    refusal: (operation) =>
      instead.refusal(operation) ?? (operation.assurance ? { status: 403, reason: 'request.impersonating' } : null),
    member,
    instead,
  }
}

/** An API key, for whom there is nothing but what its scopes open. */
function program(name: string, headers: Record<string, string>, scopes: readonly string[]): Principal {
  return {
    name,
    headers: () => Promise.resolve(headers),
    refusal({ access, scope }) {
      if (isOpen(access)) return null
      if (scope === undefined) return { status: 403, reason: 'request.people_only' }
      return scopes.includes(scope) ? null : { status: 403, reason: 'request.scope_missing' }
    },
    member: null,
  }
}

export function isOpen(access: Access): boolean {
  return access === 'public' || access === 'signed'
}

/** Written out, and not asked of the code that is under test. */
function mayCall(access: Access, { identity }: Member): boolean {
  const ranks: Partial<Record<Access, string[]>> = {
    user: ['member', 'admin', 'owner'],
    member: ['member', 'admin', 'owner'],
    admin: ['admin', 'owner'],
    owner: ['owner'],
  }
  if (isOpen(access)) return true
  if (access === 'platform') return identity.operator
  return ranks[access]?.includes(identity.role ?? '') ?? false
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` }
}

/** The token of somebody who signed out, once every process knows. */
async function revokedSession(world: World, mallory: Member, operations: readonly Declared[]) {
  const headers = bearer(mallory.accessToken ?? '')
  const probes = operations
    .filter(isReachable)
    .filter(
      (each) => each.operation.access === 'user' && each.operation.kind === 'query' && idFields(each).length === 0,
    )
  await mallory.auth.signOut()
  await until(
    () =>
      Promise.all(
        probes.map(async (declared) => {
          const { path } = requestFor(declared, {})
          return (await world.send(serviceOf(world.stack, declared.module), { method: 'GET', path, headers })).status
        }),
      ),
    (statuses) => statuses.every((status) => status === 401),
  )
  return headers
}
