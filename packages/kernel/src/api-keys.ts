import { createHash } from 'node:crypto'
import { apiKeyPattern, AppError, isAppError, type ApiKeyGrant, type ApiKeyIdentity } from '@lightpress/protocol'
import type { Revocations } from './revocations.ts'

export interface ApiKeysOptions {
  /**
   * What a key stands for, from the module that keeps them, by the SHA-256 of the key. `ip` is whence it came: that
   * module refuses networks that show it no end of keys that are none.
   */
  read: (hash: string, ip: string) => Promise<{ apiKey: ApiKeyGrant | null }>
  revocations: Pick<Revocations, 'isApiKeyRevoked'>
}

/** Milliseconds for which an answer is not asked for again. A key that is revoked meanwhile is known by that. */
const FRESH = 60_000
/** With the source away an older answer is believed for as long as an access token would be. */
const BELIEVED = 300_000
/** Answers of a kind that are remembered. */
const REMEMBER = 10_000

interface Answer {
  grant: ApiKeyGrant | null
  at: number
}

/** What API keys stand for, asked of auth and remembered for a minute. */
export function createApiKeys({ read, revocations }: ApiKeysOptions) {
  // Apart, so that whoever sends made-up keys pushes out no real one.
  const grants = new Map<string, Answer>()
  const blanks = new Map<string, Answer>()
  const asking = new Map<string, Promise<Answer>>()

  const ask = async (hash: string, ip: string): Promise<Answer> => {
    const { apiKey: grant } = await read(hash, ip)
    const answer = { grant, at: Date.now() }
    for (const answers of [grants, blanks]) answers.delete(hash)
    remember(grant ? grants : blanks, hash, answer)
    return answer
  }

  const answerFor = async (hash: string, ip: string): Promise<Answer> => {
    const known = grants.get(hash) ?? blanks.get(hash)
    const age = Date.now() - (known?.at ?? 0)
    if (known && age < FRESH) return known
    let asked = asking.get(hash)
    if (!asked) asking.set(hash, (asked = ask(hash, ip).finally(() => asking.delete(hash))))
    try {
      return await asked
    } catch (error) {
      if (known && age < BELIEVED && isAppError(error) && error.code === 'unavailable') return known
      throw error
    }
  }

  return {
    /** Whom a key stands for, or an error: it is none, has expired, or was revoked. */
    async find(key: string, { ip }: { ip: string }): Promise<ApiKeyIdentity> {
      if (!apiKeyPattern.test(key)) throw invalid()
      const { grant } = await answerFor(createHash('sha256').update(key).digest('base64url'), ip)
      if (!grant || revocations.isApiKeyRevoked(grant)) throw invalid()
      const { apiKeyId, organizationId, scopes, expiresAt } = grant
      if (expiresAt !== null && Date.parse(expiresAt) <= Date.now()) throw invalid()
      return { apiKeyId, organizationId, scopes }
    },
  }
}

export type ApiKeys = ReturnType<typeof createApiKeys>

/** The oldest goes for it: a map keeps the order in which its entries came. */
function remember(answers: Map<string, Answer>, hash: string, answer: Answer): void {
  answers.set(hash, answer)
  const [oldest] = answers.keys()
  if (answers.size > REMEMBER && oldest !== undefined) answers.delete(oldest)
}

/** The same for each: it tells nobody whether there ever was such a key. */
function invalid(): AppError {
  return new AppError('unauthenticated', 'request.api_key_invalid', 'This API key is not valid, or not any more.')
}
