/**
 * Who may call an operation. It stands beside the operation and the seam enforces it, in every topology.
 * `public`: anyone. `signed`: the handler verifies a signature (webhooks). `user`: signed in.
 * `member`, `admin`, `owner`: at least that role in the active organisation. `platform`: our operators.
 * `service`: other modules only, never from outside.
 */
export const accesses = ['public', 'signed', 'user', 'member', 'admin', 'owner', 'platform', 'service'] as const
export type Access = (typeof accesses)[number]

export type Role = 'member' | 'admin' | 'owner'

const rank: Record<Role, number> = { member: 1, admin: 2, owner: 3 }

/** A signed-in person, as every process reads it from the access token. */
export interface Identity {
  userId: string
  sessionId: string
  sessionVersion: number
  organizationId: string | null
  role: Role | null
  operator: boolean
}

/** Who calls: a person or nobody, directly or through another module. */
export interface Caller {
  identity: Identity | null
  /** The module that makes this call on the caller's behalf, or null for a request from outside. */
  service: string | null
}

export const anonymous: Caller = { identity: null, service: null }

/** `null` when the caller may, else which error answers. */
export function refusal(access: Access, caller: Caller): 'unauthenticated' | 'forbidden' | null {
  switch (access) {
    case 'public':
    case 'signed':
      return null
    case 'service':
      return caller.service === null ? 'forbidden' : null
    case 'user':
      return caller.identity ? null : 'unauthenticated'
    case 'platform':
      if (!caller.identity) return 'unauthenticated'
      return caller.identity.operator ? null : 'forbidden'
    case 'member':
    case 'admin':
    case 'owner': {
      if (!caller.identity) return 'unauthenticated'
      const { organizationId, role } = caller.identity
      return organizationId && role && rank[role] >= rank[access] ? null : 'forbidden'
    }
    default:
      // What does not say who may call it, which only a cast can bring here, is for nobody.
      return 'forbidden'
  }
}
