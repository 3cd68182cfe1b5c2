import { createHash } from 'node:crypto'
import { apiKeyPattern, AppError, isAppError, type ApiKeyGrant, type ApiKeyIdentity } from '@lightpress/protocol'
import type { Revocations } from './revocations.ts'

export interface ApiKeysOptions {
  /** What a key stands for, from the module that keeps them, by the SHA-256 of the key. */
  read: (hash: string) => Promise<{ apiKey: ApiKeyGrant | null }>
  revocations: Pick<Revocations, 'isApiKeyRevoked'>
}

/** Milliseconds for which an answer is not asked for again. A key that is revoked meanwhile is known by that. */
const FRESH = 60_000
/** With the source away an older answer is believed for as long as an access token would be. */
const BELIEVED = 300_000
/** Answers that are remembered, those about keys that do not exist included. */
const REMEMBER = 10_000

interface Answer {
  grant: ApiKeyGrant | null
  at: number
}

/** What API keys stand for, asked of auth and remembered for a minute. */
export function createApiKeys({ read, revocations }: ApiKeysOptions) {
  const answers = new Map<string, Answer>()
  const asking = new Map<string, Promise<Answer>>()

  const ask = async (hash: string): Promise<Answer> => {
    const { apiKey: grant } = await read(hash)
    const answer = { grant, at: Date.now() }
    answers.delete(hash)
    answers.set(hash, answer)
    // The oldest first: a map keeps the order in which its entries came.
    for (const oldest of answers.keys()) {
      if (answers.size <= REMEMBER) break
      answers.delete(oldest)
    }
    return answer
  }

  const answerFor = async (hash: string): Promise<Answer> => {
    const known = answers.get(hash)
    const age = Date.now() - (known?.at ?? 0)
    if (known && age < FRESH) return known
    let asked = asking.get(hash)
    if (!asked) asking.set(hash, (asked = ask(hash).finally(() => asking.delete(hash))))
    try {
      return await asked
    } catch (error) {
      if (known && age < BELIEVED && isAppError(error) && error.code === 'unavailable') return known
      throw error
    }
  }

  return {
    /** Whom a key stands for, or an error: it is none, has expired, or was revoked. */
    async find(key: string): Promise<ApiKeyIdentity> {
      if (!apiKeyPattern.test(key)) throw invalid()
      const { grant } = await answerFor(createHash('sha256').update(key).digest('base64url'))
      if (!grant || revocations.isApiKeyRevoked(grant.apiKeyId)) throw invalid()
      const { apiKeyId, organizationId, scopes, expiresAt } = grant
      if (expiresAt !== null && Date.parse(expiresAt) <= Date.now()) throw invalid()
      return { apiKeyId, organizationId, scopes }
    },
  }
}

export type ApiKeys = ReturnType<typeof createApiKeys>

/** The same for each: it tells nobody whether there ever was such a key. */
function invalid(): AppError {
  return new AppError('unauthenticated', 'request.api_key_invalid', 'This API key is not valid, or not any more.')
}
