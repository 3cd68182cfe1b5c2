import { action } from '@solidjs/router'
import { auth } from '../../api/auth.ts'
import { answerWithPasskey } from '../../api/passkeys.ts'
import type { Suggested } from './autofill.ts'
import { enter } from '../../api/enter.ts'

/** Without one that the browser has suggested, asks for one. */
export const signInWithPasskey = action(async (next: string | undefined, suggested?: Suggested) => {
  const proof = suggested ?? (await ask())
  return enter({ send: () => auth.signInWithPasskey(proof), next })
}, 'sign-in-with-passkey')

async function ask(): Promise<Suggested> {
  const { ticket, options } = await auth.startPasskeySignIn({})
  return { ticket, answer: await answerWithPasskey(options) }
}
