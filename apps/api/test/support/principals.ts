import { randomBytes } from 'node:crypto'
import type { Access, Operation } from '@lightpress/protocol'
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
}

export interface Refusal {
  status: number
  reason: string
}

/** Whoever must not get at the victim's things. */
export async function createAttackers(
  world: World,
  { operations, eve, bob, mallory }: { operations: readonly Declared[]; eve: Member; bob: Member; mallory: Member },
): Promise<Principal[]> {
  return [
    nobody('anonymous', {}, 'request.sign_in_required'),
    nobody('expired token', bearer(await world.sign(eve.identity, { lifetime: -60 })), 'request.token_invalid'),
    nobody('token signed by another key', bearer(await world.signWrongly(eve.identity)), 'request.token_invalid'),
    nobody('token of a revoked session', await revokedSession(world, mallory, operations), 'request.session_ended'),
    nobody(
      'API key that was never issued',
      bearer(`lp_live_${randomBytes(24).toString('base64url')}`),
      'request.token_invalid',
    ),
    somebody(world, 'owner of another organisation', eve),
    somebody(world, 'member of the same organisation', bob),
  ]
}

/** Whoever may do all there is to do. */
export function createInsiders(world: World, { owner, operator }: { owner: Member; operator: Member }): Principal[] {
  return [somebody(world, 'owner', owner), somebody(world, 'operator', operator)]
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
