import { AppError, defineContract, query, type Identity } from '@lightpress/protocol'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { backgroundCall } from './background.ts'
import { isLoopbackAddress } from './development-sign-in.ts'
import { newId } from './ids.ts'
import { DEADLINE, withDeadline, type Invoke } from './invoke.ts'
import type { Logger } from './logging.ts'
import { isLoopbackName, requireSameOrigin } from './origin.ts'

// Lets a program be anybody by saying so in a header, in development. No bundle contains this file: see
// `development-sign-in.ts`, and the test of tools/ci that looks for its words.

const USER = 'x-dev-user-id'
const ROLE = 'x-dev-role'
const ORGANIZATION = 'x-dev-organization-id'

/** What is asked of users, by whom a person is told: theirs has more. */
const usersContract = defineContract('users', {
  readPrincipal: query({
    access: 'service',
    summary: 'Who somebody is, and which role they have.',
    input: z.object({ userId: z.uuid(), organizationId: z.uuid().nullable() }),
    output: z.object({
      user: z.object({ operator: z.boolean(), suspended: z.boolean() }).nullable(),
      membership: z.object({ organizationId: z.uuid(), role: z.enum(['member', 'admin', 'owner']) }).nullable(),
    }),
  }),
})
type ReadPrincipal = (typeof usersContract)['operations']['readPrincipal']

const Said = z.object({
  [USER]: z.uuid(),
  [ROLE]: z.enum(['member', 'admin', 'owner', 'operator']).optional(),
  [ORGANIZATION]: z.uuid().optional(),
})

export interface DevelopmentOptions {
  publicUrl: string
  invoke: Invoke
  log: Logger
}

/** Whom a request says it is from, or null when it does not say; an error where it may not say so. */
export function createDevelopmentSignIn({ publicUrl, invoke, log }: DevelopmentOptions) {
  /** They end with the process, and belong to nothing that is kept. */
  const sessions = new Map<string, string>()

  const readPrincipal = (input: z.input<ReadPrincipal['input']>) =>
    withDeadline(DEADLINE, (limit) =>
      invoke(
        { from: 'kernel', to: usersContract, operation: 'readPrincipal', input },
        { ...backgroundCall(log), ...limit },
      ),
    ) as Promise<z.output<ReadPrincipal['output']>>

  return async function whoItSays(request: FastifyRequest): Promise<Identity | null> {
    const { headers } = request
    if ([USER, ROLE, ORGANIZATION].every((name) => headers[name] === undefined)) return null
    requireThisMachine(request)
    // No page of another site gets a preflight granted, which it would need to say such a header. Should one ever:
    if (headers.origin !== undefined) requireSameOrigin(request, { publicUrl })
    const said = Said.safeParse(headers)
    if (!said.success)
      throw refused(
        `${USER} takes the id of a person (\`npm start\` takes the address of a seeded one, too), ${ROLE} a role. ` +
          z.prettifyError(said.error),
      )
    const { [USER]: userId, [ROLE]: role, [ORGANIZATION]: organizationId = null } = said.data
    const { user, membership } = await readPrincipal({ userId, organizationId })
    if (!user) throw refused(`There is nobody with the id ${userId}.`)
    if (user.suspended) throw refused('This person is suspended.')
    if (!membership && organizationId !== null) throw refused(`They are not in the organization ${organizationId}.`)
    const sessionId = sessions.get(userId) ?? newId()
    sessions.set(userId, sessionId)
    return {
      userId,
      sessionId,
      // Newer than any that ends early: nobody signed in, so nothing ends.
      sessionVersion: Number.MAX_SAFE_INTEGER,
      organizationId: membership?.organizationId ?? null,
      role: membership && (role === undefined || role === 'operator' ? membership.role : role),
      operator: role === undefined ? user.operator : role === 'operator',
      authenticatedAt: Math.floor(Date.now() / 1000),
      impersonatorId: null,
    }
  }
}

/**
 * Everybody on the way is this machine, and asks by a name of it. What a proxy says of whom it passes on is believed
 * where it says that this is not so, trusted or not: a tunnel to this machine connects from it.
 */
function requireThisMachine({ socket, headers }: FastifyRequest): void {
  const addresses = [socket.remoteAddress, ...listed(headers['x-forwarded-for'])]
  const names = [headers.host, ...listed(headers['x-forwarded-host'])]
  const near = addresses.every((address) => isLoopbackAddress(address ?? '')) && names.every(isLoopbackHost)
  if (near && headers.forwarded === undefined) return
  throw refused('This is only for programs on this machine that ask for it by a name of this machine.')
}

function listed(header: string | string[] | undefined): string[] {
  return header === undefined
    ? []
    : String(header)
        .split(',')
        .map((item) => item.trim())
}

function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && URL.canParse(`http://${host}`) && isLoopbackName(new URL(`http://${host}`).hostname)
}

function refused(why: string): AppError {
  return new AppError('forbidden', 'request.development_sign_in', `Development sign-in: ${why}`)
}
