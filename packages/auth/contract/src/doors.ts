import { command, EmailAddress, query, raw } from '@lightpress/protocol'
import { z } from 'zod'
import { SignInAnswer } from './factors.ts'
import { LinkToken } from './signed-in.ts'

/** The provider's name in `OIDC_PROVIDERS`, which is in its paths. */
const ProviderId = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9-]*$/)
/** Where in the product to go on: a path of ours, and nothing else. */
const Next = z
  .string()
  .max(500)
  .regex(/^\/(?![/\\])[^\\\s]*$/)
  .optional()

/** Other ways in than the password: a mail, and a provider of OpenID Connect. Both are for browsers. */
export const doorOperations = {
  requestMagicLink: raw({
    method: 'POST',
    path: '/v1/auth/magic-link',
    access: 'public',
    summary: 'Sends a link to sign in with, if somebody has the address. It works in this browser only.',
    status: 202,
    input: z.object({ email: EmailAddress }),
    output: z.object({ status: z.literal('mail_sent') }),
  }),
  signInWithMagicLink: raw({
    method: 'POST',
    path: '/v1/auth/magic-link/sign-in',
    access: 'public',
    summary: 'Signs in by the link of the mail, in the browser that asked for it. By cookies.',
    input: z.object({ token: LinkToken }),
    output: SignInAnswer,
  }),
  readMagicLinkMail: query({
    access: 'service',
    summary: 'What to write to the person who asked for a link to sign in with; null when nobody has the address.',
    input: z.object({ ticketId: z.uuid() }),
    output: z.object({ mail: z.object({ userId: z.uuid(), email: z.string(), token: z.string() }).nullable() }),
  }),

  listSignInProviders: query({
    path: '/v1/auth/oidc',
    access: 'public',
    summary: 'The providers of OpenID Connect that one can sign in with here.',
    headers: { 'cache-control': 'public, max-age=60' },
    input: z.object({}),
    output: z.object({ providers: z.array(z.object({ id: z.string(), name: z.string() })) }),
  }),
  startOidcSignIn: raw({
    method: 'GET',
    path: '/v1/auth/oidc/:provider/start',
    access: 'public',
    summary: 'Leads a browser to the provider, to sign in there.',
    status: 302,
    input: z.object({ provider: ProviderId, next: Next }),
    produces: 'text/html',
  }),
  finishOidc: raw({
    method: 'GET',
    path: '/v1/auth/oidc/:provider/callback',
    access: 'public',
    summary: 'Where the provider leads the browser back to: signs in, links, or proves once more, as was begun.',
    status: 302,
    // What else there is belongs to the provider and to the library that reads it.
    input: z.object({ provider: ProviderId, state: z.string().max(500).optional() }),
    produces: 'text/html',
  }),
  linkOidc: raw({
    method: 'POST',
    path: '/v1/auth/oidc/:provider/link',
    access: 'user',
    assurance: 'recent',
    summary: 'Begins to link a sign-in at a provider to the account; the browser goes on at `url`.',
    input: z.object({ provider: ProviderId, next: Next }),
    output: z.object({ url: z.url() }),
  }),
  stepUpWithOidc: raw({
    method: 'POST',
    path: '/v1/auth/oidc/:provider/step-up',
    access: 'user',
    assurance: 'self',
    summary: 'Begins to prove once more who it is, by a linked provider; the browser goes on at `url`.',
    input: z.object({ provider: ProviderId, next: Next }),
    output: z.object({ url: z.url() }),
  }),
  unlinkSignIn: command({
    method: 'DELETE',
    path: '/v1/auth/linked-sign-ins/:id',
    access: 'user',
    assurance: 'recent',
    summary: 'Takes a linked sign-in away. Again is the same as once.',
    input: z.object({ id: z.uuid() }),
    output: z.object({ status: z.literal('unlinked') }),
  }),
}
