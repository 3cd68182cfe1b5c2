import { createAsync, useSearchParams } from '@solidjs/router'
import { onMount } from 'solid-js'
import type { SignInReason } from '../../api/sign-in-reason.ts'
import { Note } from '../../ui/note.tsx'
import { problemWords } from './problem-words.ts'
import { connectPath, isConnectPath, nameOfProvider } from './provider-paths.ts'
import { getProvidersIfAny } from './providers.ts'
import { reasonWords } from './reason-words.ts'

export interface NotesProps {
  /** Why somebody is here who did not come by themself. */
  reason?: SignInReason | undefined
  /** Why another way in did not lead in, as its answer says in the address. */
  problem?: string | undefined
  provider?: string | undefined
}

/** What is to be known before one signs in. */
export function Notes(props: NotesProps) {
  const providers = createAsync(() => (props.provider === undefined ? Promise.resolve([]) : getProvidersIfAny()))
  const words = () => {
    if (props.reason) return reasonWords[props.reason]
    return problemWords(props.problem, nameOfProvider(providers(), props.provider))
  }
  // Whoever has an account already is led to what they wanted by way of linking it.
  const [search, setSearch] = useSearchParams<{ next: string }>()
  onMount(() => {
    if (props.problem !== 'account_exists' || props.provider === undefined || isConnectPath(search.next)) return
    setSearch({ next: connectPath(props.provider, search.next) }, { replace: true })
  })
  return (
    <div role="status">
      <Note tone={words().tone} title={words().title}>
        {words().words}
      </Note>
    </div>
  )
}
