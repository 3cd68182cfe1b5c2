import { AppError, type Caller } from '@lightpress/protocol'
import { createSigner, createVerifier } from 'fast-jwt'
import { z } from 'zod'
import { keysFrom } from './config.ts'
import type { RequestInfo } from './module.ts'

const Claims = z.object({
  /** Who calls, whom, and what for: `users.createUser`. */
  iss: z.string(),
  aud: z.string(),
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
 * What travels with a call between processes, signed with the environment's INTERNAL_KEY (HS256): who calls on whose
 * behalf, for which request, and how long it may take. For one operation, for a minute. The key is shared: a service
 * that was taken over can speak for anybody inside, which is why it is not for the outside.
 */
export function createInternalTokens(internalKey: string) {
  const keys = keysFrom(internalKey)
  const header = { alg: 'HS256', typ: 'lightpress-call+jwt' }
  const sign = createSigner({ key: keys[0], algorithm: 'HS256', header, expiresIn: 60_000 })
  const verifiers = keys.map((key) =>
    createVerifier({ key, algorithms: ['HS256'], checkTyp: header.typ, requiredClaims: ['exp', 'iat'] }),
  )
  /** By whichever of the keys; what none of them verifies fails as with the first. */
  const verify = (token: string): unknown => {
    const [first, ...others] = verifiers
    try {
      return first?.(token)
    } catch (error) {
      for (const other of others) {
        try {
          return other(token)
        } catch {
          continue
        }
      }
      throw error
    }
  }

  return {
    sign: ({ from, operation, ...call }: InternalCall & { from: string; operation: string }): string =>
      sign({ iss: from, aud: operation, ...call }),

    /** `operation` is `module.operation`; a token for another one is refused. */
    verify(token: string | undefined, operation: string): InternalCall {
      try {
        const { iss, aud, caller, request, budget } = Claims.parse(verify(token ?? ''))
        if (aud !== operation) throw new Error(`It is for ${aud}`)
        const { identity, apiKey } = caller
        return { caller: { identity, apiKey, service: iss }, request, budget }
      } catch (cause) {
        throw new AppError('unauthenticated', 'seam.token_invalid', 'The call is not signed by this environment.', {
          cause,
        })
      }
    },
  }
}

export type InternalTokens = ReturnType<typeof createInternalTokens>
