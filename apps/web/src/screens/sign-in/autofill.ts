import { auth } from '../../api/auth.ts'
import type { PasskeyAnswer } from '@lightpress/auth-contract'
import { answerWithPasskey, stopAsking, suggestsPasskeys } from '../../api/passkeys.ts'

/** A little less than the server remembers what it asked. */
const askAgainAfter = 4.5 * 60_000

export interface Suggested {
  ticket: string
  answer: PasskeyAnswer
}

/**
 * Has the browser suggest passkeys where it suggests addresses, for as long as `signal` lasts; and calls back with the
 * one that was chosen. Nobody has asked for it, so nobody is told when it cannot be done.
 */
export async function suggestPasskeys(onChosen: (chosen: Suggested) => void, signal: AbortSignal): Promise<void> {
  if (!(await suggestsPasskeys()) || signal.aborted) return
  const again = setInterval(() => document.visibilityState === 'visible' && void ask(), askAgainAfter)
  signal.addEventListener('abort', () => {
    clearInterval(again)
    void stopAsking()
  })
  const ask = async () => {
    try {
      const { ticket, options } = await auth.startPasskeySignIn({})
      if (signal.aborted) return
      onChosen({ ticket, answer: await answerWithPasskey(options, { quietly: true }) })
    } catch {
      return
    }
  }
  await ask()
}
