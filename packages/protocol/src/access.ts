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

/**
 * How sure it must be that the person acts themself. `self`: nobody who impersonates them; with a scope also API keys,
 * which nobody can act as. `recent`: nobody who impersonates them, and they proved who they are within the last ten
 * minutes, by signing in or by a step-up (RFC 9470).
 */
export const assurances = ['self', 'recent'] as const
export type Assurance = (typeof assurances)[number]

/** Seconds for which a proof is recent. */
export const RECENT_SECONDS = 600

/** A signed-in person, as every process reads it from the access token. */
export interface Identity {
  userId: string
  sessionId: string
  sessionVersion: number
  organizationId: string | null
  role: Role | null
  operator: boolean
  /** Seconds since the epoch at which the person last proved who they are (`auth_time`, RFC 9068 2.2.1). */
  authenticatedAt: number
  /** The operator who acts as this person (`act`, RFC 8693 4.1); null when it is the person. */
  impersonatorId: string | null
}

/** A program that acts for an organisation, within its scopes. It is nobody: what is for people is not for it. */
export interface ApiKeyIdentity {
  apiKeyId: string
  organizationId: string
  scopes: readonly string[]
}

/** Who calls: a person, an API key or nobody, directly or through another module. */
export interface Caller {
  identity: Identity | null
  apiKey: ApiKeyIdentity | null
  /** The module that makes this call on the caller's behalf, or null for a request from outside. */
  service: string | null
}

export const anonymous: Caller = { identity: null, apiKey: null, service: null }

/** What an operation declares about who may call it. */
export interface Guarded {
  access: Access
  /** What an API key must have been given; without one the operation is for people. */
  scope?: string
  assurance?: Assurance
}

export type Refusal =
  'sign_in_required' | 'not_allowed' | 'people_only' | 'scope_missing' | 'impersonating' | 'step_up_required'

/** `null` when the caller may, else why not. `now` is in milliseconds since the epoch. */
export function refusal({ access, scope, assurance }: Guarded, caller: Caller, now = Date.now()): Refusal | null {
  if (access === 'public' || access === 'signed') return null
  if (access === 'service') return caller.service === null ? 'not_allowed' : null
  // What does not say who may call it, which only a cast can bring here, is for nobody.
  if (!accesses.includes(access)) return 'not_allowed'
  const { identity, apiKey } = caller
  // Whatever is declared with a scope is done for an organisation, and a key stands for one.
  if (apiKey) return scope === undefined ? 'people_only' : apiKey.scopes.includes(scope) ? null : 'scope_missing'
  if (!identity) return 'sign_in_required'
  if (!mayCall(access, identity)) return 'not_allowed'
  if (assurance === undefined) return null
  if (identity.impersonatorId !== null) return 'impersonating'
  return assurance === 'recent' && !isRecent(identity, now) ? 'step_up_required' : null
}

/** Whether the person proved who they are within the last ten minutes. */
export function isRecent({ authenticatedAt }: Pick<Identity, 'authenticatedAt'>, now = Date.now()): boolean {
  return now / 1_000 - authenticatedAt <= RECENT_SECONDS
}

/** Whether a role is at least another one. */
export function ranksAtLeast(role: Role | null, needed: Role): boolean {
  return role !== null && rank[role] >= rank[needed]
}

/** Whether a person may, as far as who they are goes. */
function mayCall(
  access: Exclude<Access, 'public' | 'signed' | 'service'>,
  { organizationId, role, operator }: Identity,
): boolean {
  switch (access) {
    case 'user':
      return true
    case 'platform':
      return operator
    case 'member':
    case 'admin':
    case 'owner':
      return organizationId !== null && ranksAtLeast(role, access)
  }
}
