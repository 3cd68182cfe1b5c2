import type { Session } from '@lightpress/auth-contract'
import { useAction, useSearchParams } from '@solidjs/router'
import { type JSX, untrack } from 'solid-js'
import { signOutEverywhere } from '../../account/data.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.ts'
import { endOtherSessions, endSession } from './data.ts'
import { addressOf, sessionName } from './device-name.ts'

/** What is about to be signed out, and waits for a yes. */
export type Asked = Session | 'others' | 'everywhere'

export function SignOutQuestion(props: { what: Asked; onClose: () => void }) {
  const question = untrack(() => createQuestion(props.what))
  return (
    <ConfirmDialog {...question} onClose={() => props.onClose()}>
      {question.words}
    </ConfirmDialog>
  )
}

interface Asking {
  title: string
  words: JSX.Element
  action: string
  run: () => Promise<unknown>
}

/** What is asked, and what a yes does. */
function createQuestion(what: Asked): Asking {
  const end = useAction(endSession)
  const endOthers = useAction(endOtherSessions)
  const endAll = useAction(signOutEverywhere)
  const [, setSearch] = useSearchParams<{ sessions: string }>()
  if (what === 'everywhere') {
    return {
      title: 'Sign out everywhere?',
      words: 'Here as well: every browser and program that is signed in as you has to sign in again.',
      action: 'Sign out everywhere',
      run: endAll,
    }
  }
  if (what === 'others') {
    return {
      title: 'Sign out all others?',
      words: 'Every other browser and program has to sign in again. You stay signed in here.',
      action: 'Sign out others',
      run: async () => {
        const ended = await endOthers()
        // The only one that is left is on the first page.
        setSearch({ sessions: undefined }, { replace: true, scroll: false })
        toast({ title: ended === 1 ? 'One session signed out' : `${ended} sessions signed out` })
      },
    }
  }
  const name = sessionName(what)
  if (what.impersonated) {
    return {
      title: 'End what our support does as you?',
      words: (
        <>
          Begun <Time at={what.createdAt} />, and over an hour later at most. It ends within seconds, and nothing of
          yours has to be changed. What was done is told under Recent activity.
        </>
      ),
      action: 'End it',
      run: async () => {
        await end(what.id)
        toast({ title: 'Our support does not act as you any more' })
      },
    }
  }
  return {
    title: `Sign out ${name}?`,
    words: (
      <>
        {addressOf(what)}, used <Time at={what.lastUsedAt} />. It ends within seconds, and whoever uses it has to sign
        in again. You do not know it? Then change your password, too.
      </>
    ),
    action: 'Sign out',
    run: async () => {
      await end(what.id)
      toast({ title: `${name} signed out` })
    },
  }
}
