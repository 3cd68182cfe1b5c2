import { createAsync, useAction, useNavigate } from '@solidjs/router'
import KeyRound from 'lucide-solid/icons/key-round'
import Mail from 'lucide-solid/icons/mail'
import { createSignal, For, onCleanup, onMount, Show, Suspense } from 'solid-js'
import { passkeyObstacle } from '../../api/passkeys.ts'
import { Button, classOf } from '../../ui/button.tsx'
import { readDraft } from '../../ui/drafts.ts'
import { emailRule } from '../../ui/text-field.tsx'
import { mailLink } from '../magic-link/data.ts'
import { WayFailure } from '../second-factor/way-failure.tsx'
import { suggestPasskeys } from './autofill.ts'
import { signInWithPasskey } from './other-ways-data.ts'
import styles from './other-ways.module.css'
import { ProviderMark } from './provider-mark.tsx'
import { providerPath } from './provider-paths.ts'
import { getProviders } from './providers.ts'

/** Every door but the password. They come after it, so that it need not wait for them. */
export function OtherWays(props: { next: string | undefined }) {
  const navigate = useNavigate()
  const withPasskey = useAction(signInWithPasskey)
  const mail = useAction(mailLink)
  const providers = createAsync(() => getProviders())
  const [failure, setFailure] = createSignal<unknown>()
  const leaving = new AbortController()
  onCleanup(() => leaving.abort())

  const attempt = async (way: () => Promise<unknown>) => {
    setFailure(undefined)
    await way().catch(setFailure)
  }
  const suggest = () =>
    void suggestPasskeys((chosen) => void attempt(() => withPasskey(props.next, chosen)), leaving.signal)
  onMount(suggest)

  /** To the address in the form above; without one, to where it is asked for. */
  const sendLink = async () => {
    const { email = '' } = readDraft({ form: 'sign-in' })
    if (email !== '' && emailRule(email, {}) === undefined) return mail(email, props.next)
    const search = props.next === undefined ? '' : `?${new URLSearchParams({ next: props.next })}`
    navigate(`/sign-in/link${search}`)
  }

  return (
    <div class={styles.ways}>
      <p class={styles.or}>or</p>
      <WayFailure error={failure()} />
      <Show when={passkeyObstacle() === undefined}>
        <Button wide action={() => attempt(() => withPasskey(props.next))}>
          <KeyRound size={16} />
          Sign in with a passkey
        </Button>
      </Show>
      <Button wide action={() => attempt(sendLink)}>
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
