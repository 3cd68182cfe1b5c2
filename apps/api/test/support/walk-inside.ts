import { randomBytes, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { inputFor, isReachable, requestFor, serviceOf, type Declared } from './operations.ts'
import { reasonOf, type Answer } from './send.ts'
import type { World } from './world.ts'

type Callable = Declared & { operation: { kind: 'query' | 'command' } }

/**
 * Tries the door that is for neighbours: from outside it is not there, and on the internal port it opens to a call
 * only that this environment signed for exactly this operation.
 */
export async function walkInside(world: World, operations: readonly Declared[]): Promise<string[]> {
  const faults: string[] = []
  const { stack, keys, send } = world
  const callable = operations.filter((each): each is Callable => each.operation.kind !== 'raw')
  for (const declared of callable) {
    const { name, module, key } = declared
    const service = serviceOf(stack, module)
    const inside = { url: service.internalUrl }
    const call = async (to: { url: string }, token?: string) =>
      send(to, {
        method: 'POST',
        path: `/internal/${module}/${key}`,
        body: JSON.stringify(inputFor(declared)),
        ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
      })
    const other = operations.find((each) => each !== declared && each.operation.access === 'service')?.name ?? ''
    const good = await signCall(keys.INTERNAL_KEY, name)
    const expectations: [string, Promise<Answer>, number, string][] = [
      ['from outside', call(service), 404, 'request.no_such_path'],
      ['from outside with a token', call(service, good), 404, 'request.no_such_path'],
      ['through the gateway', call(stack, good), 404, 'gateway.not_found'],
      ['inside without a token', call(inside), 401, 'seam.token_invalid'],
      ['inside with rubbish', call(inside, 'rubbish'), 401, 'seam.token_invalid'],
      [
        'inside with a token of another environment',
        call(inside, await signCall(randomBytes(32).toString('base64'), name)),
        401,
        'seam.token_invalid',
      ],
      [
        `inside with a token for ${other}`,
        call(inside, await signCall(keys.INTERNAL_KEY, other)),
        401,
        'seam.token_invalid',
      ],
      [
        'inside with an old token',
        call(inside, await signCall(keys.INTERNAL_KEY, name, -60)),
        401,
        'seam.token_invalid',
      ],
      ['inside with an access token', call(inside, await accessToken(world)), 401, 'seam.token_invalid'],
    ]
    for (const [how, answering, status, reason] of expectations) {
      const answer = await answering
      if (answer.status !== status || reasonOf(answer) !== reason)
        faults.push(`${name} ${how}: answered ${answer.status} ${answer.text}`)
    }
    if (declared.operation.kind === 'query' && declared.operation.access === 'service') {
      const answer = await call(inside, good)
      if (answer.status === 401 || answer.status === 403 || answer.status >= 500)
        faults.push(`${name} inside with its own token: answered ${answer.status} ${answer.text}`)
    }
  }
  return [...faults, ...(await walkPublicPathsInside(world, operations))]
}

/** What people call is not on the port of the neighbours, and what is raw cannot be called by them at all. */
async function walkPublicPathsInside({ stack, keys, send }: World, operations: readonly Declared[]): Promise<string[]> {
  const faults: string[] = []
  for (const declared of operations.filter(isReachable)) {
    const { name, module, key, operation } = declared
    const inside = { url: serviceOf(stack, module).internalUrl }
    const { method, path, body } = requestFor(declared, inputFor(declared))
    const answer = await send(inside, { method, path, body })
    if (answer.status !== 404) faults.push(`${name}: ${method} ${path} is served on the internal port`)
    if (operation.kind !== 'raw') continue
    const headers = { authorization: `Bearer ${await signCall(keys.INTERNAL_KEY, name)}` }
    const raw = await send(inside, { method: 'POST', path: `/internal/${module}/${key}`, body: '{}', headers })
    if (reasonOf(raw) !== 'seam.no_such_operation') faults.push(`${name} inside: answered ${raw.status} ${raw.text}`)
  }
  return faults
}

/** A neighbour's call, on nobody's behalf. */
function signCall(internalKey: string, operation: string, lifetime = 60): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const request = { requestId: randomUUID(), traceparent: '', ip: null, userAgent: null, idempotencyKey: null }
  return new SignJWT({ caller: { identity: null, apiKey: null, service: null }, request, budget: 5_000 })
    .setProtectedHeader({ alg: 'HS256', typ: 'lightpress-call+jwt' })
    .setIssuer('users')
    .setAudience(operation)
    .setIssuedAt(now + Math.min(0, lifetime * 2))
    .setExpirationTime(now + lifetime)
    .sign(Buffer.from(internalKey, 'base64'))
}

function accessToken({ sign }: World): Promise<string> {
  const [userId, sessionId] = [randomUUID(), randomUUID()]
  const session = {
    sessionId,
    sessionVersion: 0,
    authenticatedAt: Math.floor(Date.now() / 1_000),
    impersonatorId: null,
  }
  return sign({ userId, ...session, organizationId: null, role: null, operator: true })
}
