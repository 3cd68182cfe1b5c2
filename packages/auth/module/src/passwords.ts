import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { hash, parseOptions, verify } from '@node-rs/argon2'
import { createGate } from './gate.ts'
import { randomSecret } from './secrets.ts'

/** The first choice of OWASP's Password Storage Cheat Sheet; argon2id, version 1.3, is the library's default. */
const parameters = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 }

/**
 * argon2id off the main thread, in fewer threads than the machine has cores, so that other requests keep one; libuv
 * has four, and one stays for files and names. A hash is about 5 ms, so who waits last waits about a second; ten, where
 * all before them wait for `hashTogether`. So whoever has that done is limited, account by account.
 */
export async function createPasswords() {
  const gate = createGate({ running: Math.min(3, Math.max(1, availableParallelism() - 1)), waiting: 200 })
  const nobodys = await hash(randomSecret(), parameters)

  return {
    hash: (password: string, signal?: AbortSignal): Promise<string> =>
      gate(() => hash(normalise(password), parameters), signal),

    /** Without a hash, of whoever is unknown, it takes the same time and answers no. */
    async matches(stored: string | undefined, password: string, signal?: AbortSignal): Promise<boolean> {
      const same = await gate(() => verify(stored ?? nobodys, normalise(password)), signal)
      return same && stored !== undefined
    },

    /** Of texts that belong together, with one random salt: `hashAs` any one of them is the same for all. */
    async hashTogether(texts: readonly string[], signal?: AbortSignal): Promise<string[]> {
      const salt = randomBytes(16)
      // In one place, which they keep as long as ten others would: a limit is what keeps them from crowding others out.
      return gate(async () => {
        const hashes: string[] = []
        for (const text of texts) hashes.push(await hash(text, { ...parameters, salt }))
        return hashes
      }, signal)
    },

    /** What would be stored of a text beside `stored`: with its salt, at its cost. */
    hashAs: (stored: string, text: string, signal?: AbortSignal): Promise<string> => {
      const { memoryCost, timeCost, parallelism } = parseOptions(stored)
      const salt = Buffer.from(stored.split('$')[4] ?? '', 'base64')
      return gate(() => hash(text, { memoryCost, timeCost, parallelism, salt }), signal)
    },
  }
}

export type Passwords = Awaited<ReturnType<typeof createPasswords>>

export function isSamePassword(a: string, b: string): boolean {
  return normalise(a) === normalise(b)
}

/** The same password typed on another keyboard may come in other code points (NIST SP 800-63B-4, 3.1.1.2: NFC). */
function normalise(password: string): string {
  return password.normalize('NFC')
}
