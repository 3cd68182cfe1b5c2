import { createAsync, useAction, useNavigate } from '@solidjs/router'
import KeyRound from 'lucide-solid/icons/key-round'
import Mail from 'lucide-solid/icons/mail'
import { createSignal, For, onCleanup, onMount, Show, Suspense } from 'solid-js'
import { passkeyObstacle } from '../../api/passkeys.ts'
import { Button, classOf } from '../../ui/button.tsx'
import { readDraft } from '../../ui/drafts.ts'
import { emailRule } from '../../ui/email-rule.ts'
import { mailLink } from '../magic-link/data.ts'
import { WayFailure } from '../second-factor/way-failure.tsx'
import { type Suggested, suggestPasskeys } from './autofill.ts'
import { signInWithPasskey } from './other-ways-data.ts'
import styles from './other-ways.module.css'
import { ProviderMark } from './provider-mark.tsx'
import { providerPath } from './provider-paths.ts'
import { getProvidersIfAny } from './providers.ts'

/** Every door but the password. They come after it, so that it need not wait for them. */
export function OtherWays(props: { next: string | undefined }) {
  const navigate = useNavigate()
  const withPasskey = useAction(signInWithPasskey)
  const mail = useAction(mailLink)
  const providers = createAsync(() => getProvidersIfAny())
  const [failure, setFailure] = createSignal<unknown>()
  let suggesting = new AbortController()
  let left = false
  onCleanup(() => {
    left = true
    suggesting.abort()
  })

  const suggest = () => {
    suggesting = new AbortController()
    void suggestPasskeys((chosen) => void usePasskey(chosen), suggesting.signal)
  }
  onMount(suggest)

  /** The browser asks for one at a time: while its dialog is open nothing is suggested, and then again. */
  const usePasskey = async (chosen?: Suggested) => {
    suggesting.abort()
    setFailure(undefined)
    try {
      await withPasskey(props.next, chosen)
    } catch (error) {
      setFailure(error)
      if (!left) suggest()
    }
  }

  /** To the address in the form above; without one, to where it is asked for. */
  const sendLink = async () => {
    setFailure(undefined)
    const { email = '' } = readDraft({ form: 'sign-in' })
    if (email !== '' && emailRule(email, {}) === undefined) return mail(email, props.next).catch(setFailure)
    const search = props.next === undefined ? '' : `?${new URLSearchParams({ next: props.next })}`
    navigate(`/sign-in/link${search}`)
  }

  return (
    <div class={styles.ways}>
      <p class={styles.or}>or</p>
      <WayFailure error={failure()} />
      <Show when={passkeyObstacle() === undefined}>
        <Button wide action={() => usePasskey()}>
          <KeyRound size={16} />
          Sign in with a passkey
        </Button>
      </Show>
      <Button wide action={sendLink}>
        <Mail size={16} />
        E-mail me a link
      </Button>
      <Suspense>
        <For each={providers()}>
          {({ id, name }) => (
            <a class={classOf({ wide: true })} href={providerPath(id, props.next)} rel="external">
              <ProviderMark provider={id} />
              Continue with {name}
            </a>
          )}
        </For>
      </Suspense>
    </div>
  )
}
