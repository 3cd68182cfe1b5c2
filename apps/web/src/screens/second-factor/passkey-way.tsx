import { useAction } from '@solidjs/router'
import KeyRound from 'lucide-solid/icons/key-round'
import { createSignal, onMount } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { Heading } from '../../ui/heading.tsx'
import type { Begun } from './begun.ts'
import { verifyPasskey } from './data.ts'
import { WayFailure } from './way-failure.tsx'

export function PasskeyWay(props: { begun: Begun }) {
  const verify = useAction(verifyPasskey)
  const [failure, setFailure] = createSignal<unknown>()
  let button!: HTMLButtonElement
  onMount(() => button.focus())
  const ask = async () => {
    setFailure(undefined)
    await verify(props.begun).catch(setFailure)
  }
  return (
    <>
      <Heading title="Use your passkey">
        Your account asks for a second factor. Your browser wants your fingerprint, your face, the lock of your screen,
        or a security key.
      </Heading>
      <WayFailure error={failure()} />
      <Button ref={button} variant="primary" wide autofocus action={ask}>
        <KeyRound size={16} />
        Continue with a passkey
      </Button>
    </>
  )
}
