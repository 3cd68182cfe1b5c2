import { AppError } from '@lightpress/protocol'

interface About {
  /** The field of the request that the password is in. */
  path: string
  /** What whoever guesses tries first: the person's name and address. */
  about: readonly string[]
}

/** Refuses a password that is common, or that is made of little more than what is known of the person or of us. */
export async function requireUncommon(password: string, { path, about }: About): Promise<void> {
  if ((await guessesFor(password, about)) >= ENOUGH_GUESSES) return
  const message = 'This password is easy to guess. Use something longer, or words that have nothing to do with you.'
  throw new AppError('invalid', 'request.invalid', message, { errors: [{ path, message }] })
}

/**
 * Guesses that a good guesser needs, which is what zxcvbn calls very unguessable. At our door the lock-out would make
 * do with far less (it lets a hundred a day through); whoever has stolen the hashes is stopped by this alone.
 */
const ENOUGH_GUESSES = 1e10

/** Characters that are looked at: more take longer than they are worth. */
const LOOKED_AT = 32

async function guessesFor(password: string, about: readonly string[]): Promise<number> {
  const { check } = await loaded()
  return check(password.normalize('NFKC'), knownWords(about))
}

let loading: ReturnType<typeof load> | undefined

/** At its first use: the lists are large, and few processes ever see a new password. Tried anew after it failed. */
function loaded(): ReturnType<typeof load> {
  return (loading ??= load().catch((error: unknown) => {
    loading = undefined
    throw error
  }))
}

async function load() {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }, { commonPasswords }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('./common-passwords-list.ts'),
  ])
  const zxcvbn = new ZxcvbnFactory({
    dictionary,
    graphs: adjacencyGraphs,
    maxLength: LOOKED_AT,
    // The default of 100 takes a hundred milliseconds for a text made for it; eight take five and find the same.
    l33tMaxSubstitutions: 8,
  })
  const common = new Set(commonPasswords.split('\n'))
  return {
    check: (password: string, words: string[]) =>
      common.has(password.toLowerCase()) ? 0 : zxcvbn.check(password.slice(0, LOOKED_AT), words).guesses,
  }
}

/** Each text, and its parts: alone, run together, and the other way round. */
function knownWords(about: readonly string[]): string[] {
  const words = ['lightpress', ...about].flatMap((text) => {
    const [before = ''] = text.toLowerCase().split('@')
    const parts = before.split(/[^\p{L}\p{N}]+/u)
    return [text.toLowerCase(), before, parts.join(''), parts.toReversed().join(''), ...parts]
  })
  return [...new Set(words.filter((word) => word.length > 2))]
}
