import { AppError, type Caller } from '@lightpress/protocol'
import { createSigner, createVerifier } from 'fast-jwt'
import { z } from 'zod'
import type { RequestInfo } from './module.ts'

const Claims = z.object({
  iss: z.string(),
  caller: z.custom<Caller>((value) => typeof value === 'object' && value !== null),
  request: z.custom<RequestInfo>((value) => typeof value === 'object' && value !== null),
  /** Milliseconds that the call may take. */
  budget: z.number().positive(),
})

export interface InternalCall {
  caller: Caller
  request: RequestInfo
  budget: number
}

/**
 * What travels with a call between processes, signed with the environment's INTERNAL_KEY (HS256): who calls on
 * whose behalf, for which request, and how long it may take. For one receiver, for a minute.
 */
export function createInternalTokens(internalKey: string) {
  const key = Buffer.from(internalKey, 'base64')
  const header = { alg: 'HS256', typ: 'lightpress-call+jwt' }
  const sign = createSigner({ key, algorithm: 'HS256', header, expiresIn: 60_000 })
  const verifiers = new Map<string, (token: string) => unknown>()

  const verifierFor = (audience: string) => {
    let verify = verifiers.get(audience)
    if (!verify) {
      verify = createVerifier({
        key,
        algorithms: ['HS256'],
        allowedAud: audience,
        checkTyp: header.typ,
        requiredClaims: ['exp', 'iat'],
      })
      verifiers.set(audience, verify)
    }
    return verify
  }

  return {
    sign: ({ from, to, ...call }: InternalCall & { from: string; to: string }): string =>
      sign({ iss: from, aud: to, ...call }),
    verify(token: string | undefined, audience: string): InternalCall {
      try {
        const { iss, caller, request, budget } = Claims.parse(verifierFor(audience)(token ?? ''))
        return { caller: { identity: caller.identity, service: iss }, request, budget }
      } catch (cause) {
        throw new AppError('unauthenticated', 'seam.token_invalid', 'The call is not signed by this environment.', {
          cause,
        })
      }
    },
  }
}

export type InternalTokens = ReturnType<typeof createInternalTokens>
