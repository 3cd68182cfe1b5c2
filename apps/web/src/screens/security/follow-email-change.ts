import type { EmailChange } from '@lightpress/auth-contract'
import { revalidate } from '@solidjs/router'
import { type Accessor, createEffect, on, onCleanup } from 'solid-js'
import { readAgain } from '../../api/read-again.ts'
import { getMe } from '../../account/data.ts'
import { settle } from '../../account/settle.ts'
import { users } from '../../api/users.ts'
import { whileVisible } from '../../live/while-visible.ts'
import { toast } from '../../ui/toast.ts'
import { getActivity, getEmailChange } from './data.ts'

/** How often one looks whether the mails were answered. */
const everyFiveSeconds = 5_000

/**
 * The links of the mails are opened elsewhere. While the change waits and somebody looks at it, it is asked how it
 * stands; when it waits no more, what the product knows of the address is asked until it has followed. Whether anybody
 * had confirmed says nothing: both may have since it was last asked. `givenUp` is the change that was cancelled here.
 */
export function followEmailChange(
  change: Accessor<EmailChange | null | undefined>,
  givenUp: Accessor<EmailChange | undefined>,
) {
  const leaving = new AbortController()
  onCleanup(() => leaving.abort())
  createEffect(
    on(change, (now, before) => {
      if (now) {
        onCleanup(whileVisible(everyFiveSeconds, () => void readAgain(getEmailChange).catch(() => undefined)))
      } else if (before && before.requestedAt !== givenUp()?.requestedAt) void adopt(before, leaving.signal)
    }),
  )
}

/** The address follows within moments. One that does not was given up elsewhere, or ran out: nothing is said. */
async function adopt({ newEmail }: EmailChange, signal: AbortSignal) {
  const person = await settle({
    ask: () => users.getMe({}, { signal }),
    isSettled: ({ email }) => email === newEmail,
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    signal,
  }).catch(() => undefined)
  if (!person) return
  await revalidate([getMe.key, getActivity.key])
  toast({ title: 'Your address is changed', detail: `You sign in with ${newEmail} from now on.` })
}
