import { command, EmailAddress, Page, pageOf, query, raw } from '@lightpress/protocol'
import { z } from 'zod'
import { Mode, SignedIn } from './signed-in.ts'

export const ApiKey = z.object({
  id: z.uuid(),
  name: z.string(),
  /** How the key begins; all that is kept of it in the clear. */
  prefix: z.string(),
  scopes: z.array(z.string()),
  /** Who made it. */
  createdBy: z.uuid(),
  createdAt: z.iso.datetime(),
  /** Null for one that does not expire. */
  expiresAt: z.iso.datetime().nullable(),
  /** To within a minute or so; null until it is used. */
  lastUsedAt: z.iso.datetime().nullable(),
  /** Null while it is good. Revoked keys are listed for thirty days. */
  revokedAt: z.iso.datetime().nullable(),
})
export type ApiKey = z.infer<typeof ApiKey>

/** What a key may be given, as the contracts say. */
export const Scope = z.object({
  name: z.string(),
  /** The role that it takes to give it: that of the operations it opens. */
  role: z.enum(['member', 'admin', 'owner']),
  /** What it opens, a sentence each. */
  operations: z.array(z.object({ method: z.string(), path: z.string(), summary: z.string() })),
})
export type Scope = z.infer<typeof Scope>

export const Impersonation = z.object({
  operatorId: z.uuid(),
  /** An hour after it was begun, at most. */
  endsAt: z.iso.datetime(),
})
export type Impersonation = z.infer<typeof Impersonation>

/** API keys of an organisation, and what is for operators. */
export const keyOperations = {
  listApiKeys: query({
    path: '/v1/auth/api-keys',
    access: 'admin',
    summary: "The active organisation's API keys, newest first, and who made them.",
    input: Page,
    output: pageOf(ApiKey).extend({
      /** Who is gone is not among them. */
      creators: z.array(z.object({ id: z.uuid(), name: z.string() })),
    }),
  }),
  listScopes: query({
    path: '/v1/auth/api-keys/scopes',
    access: 'admin',
    summary: 'What an API key can be given, and what each of it opens.',
    input: z.object({}),
    output: z.object({ scopes: z.array(Scope) }),
  }),
  createApiKey: command({
    path: '/v1/auth/api-keys',
    access: 'admin',
    assurance: 'recent',
    summary: 'Makes an API key of the active organisation. The key is in this answer and nowhere else, ever.',
    status: 201,
    input: z.object({
      name: z.string().trim().min(1).max(80),
      scopes: z.array(z.string().max(60)).min(1).max(50),
      expiresAt: z.iso.datetime().nullable(),
    }),
    output: z.object({ apiKey: ApiKey, key: z.string() }),
  }),
  revokeApiKey: command({
    method: 'DELETE',
    path: '/v1/auth/api-keys/:id',
    access: 'admin',
    assurance: 'self',
    summary: 'Revokes an API key, everywhere within a second. Again is the same as once.',
    input: z.object({ id: z.uuid() }),
    output: z.object({ status: z.literal('revoked') }),
  }),
}

export const operatorOperations = {
  getSession: query({
    path: '/v1/auth/session',
    access: 'user',
    summary: 'The session that asks.',
    input: z.object({}),
    output: z.object({
      id: z.uuid(),
      userId: z.uuid(),
      organizationId: z.uuid().nullable(),
      role: z.enum(['member', 'admin', 'owner']).nullable(),
      operator: z.boolean(),
      /** When the person last proved who they are. */
      authenticatedAt: z.iso.datetime(),
      /** Of a session in which an operator acts as the person. */
      impersonation: Impersonation.nullable(),
    }),
  }),
  impersonate: raw({
    method: 'POST',
    path: '/v1/auth/impersonation',
    access: 'platform',
    assurance: 'recent',
    summary: 'Begins a session in which an operator acts as a person, for an hour at most. The person is told.',
    input: z.object({
      /** An id, or an address. */
      person: z.union([z.uuid(), EmailAddress]),
      /** Why: for the audit log. */
      reason: z.string().trim().min(3).max(500),
      mode: Mode,
    }),
    output: SignedIn,
  }),
  endImpersonation: raw({
    method: 'DELETE',
    path: '/v1/auth/impersonation',
    access: 'user',
    summary: "Ends it. In a browser the operator's own session goes on with the next refresh.",
    input: z.object({}),
    output: z.object({ status: z.literal('ended') }),
  }),
}
