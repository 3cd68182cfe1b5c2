import type { EmailChange } from '@lightpress/auth-contract'
import { revalidate } from '@solidjs/router'
import { type Accessor, createEffect, on, onCleanup } from 'solid-js'
import { getMe } from '../../account/data.ts'
import { settle } from '../../account/settle.ts'
import { users } from '../../api/users.ts'
import { toast } from '../../ui/toast.ts'
import { getActivity, getEmailChange } from './data.ts'

/** How often one looks whether the mails were answered. */
const everyFiveSeconds = 5_000

/**
 * The links of the mails are opened elsewhere. While the change waits and somebody looks at it, it is asked how it
 * stands; when it waits no more, what the product knows of the address is asked until it has followed.
 */
export function followEmailChange(change: Accessor<EmailChange | null | undefined>, email: Accessor<string>) {
  const leaving = new AbortController()
  onCleanup(() => leaving.abort())
  const look = () => {
    if (document.visibilityState === 'visible') void revalidate(getEmailChange.key)
  }

  createEffect(
    on(change, (now, before) => {
      if (now) {
        const timer = setInterval(look, everyFiveSeconds)
        document.addEventListener('visibilitychange', look)
        onCleanup(() => {
          clearInterval(timer)
          document.removeEventListener('visibilitychange', look)
        })
      } else if (before?.confirmedByOld || before?.confirmedByNew) void adopt(before, email(), leaving.signal)
    }),
  )
}

/** A change that nobody had confirmed has been given up: there is nothing to wait for. */
async function adopt({ newEmail }: EmailChange, oldEmail: string, signal: AbortSignal) {
  const person = await settle({
    ask: () => users.getMe({}, { signal }),
    isSettled: ({ email }) => email !== oldEmail,
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    signal,
  }).catch(() => undefined)
  if (person?.email !== newEmail) return
  await revalidate([getMe.key, getActivity.key])
  toast({ title: 'Your address is changed', detail: `You sign in with ${newEmail} from now on.` })
}
