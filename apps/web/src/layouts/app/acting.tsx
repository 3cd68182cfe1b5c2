import { createAsync, revalidate, useAction } from '@solidjs/router'
import VenetianMask from 'lucide-solid/icons/venetian-mask'
import { createEffect, createSignal, onCleanup, Show } from 'solid-js'
import { getMe, getSession } from '../../account/data.ts'
import { stopActing } from '../../account/impersonation.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import styles from './banners.module.css'
import { timeLeft } from './time-left.ts'

/** An operator is never to forget whose hands they have. */
export function Acting(props: { endsAt: string }) {
  const me = createAsync(() => getMe().catch(() => undefined))
  const stop = useAction(stopActing)
  const [now, setNow] = createSignal(Date.now())
  const tick = setInterval(() => setNow(Date.now()), 5_000)
  onCleanup(() => clearInterval(tick))
  const over = () => now() >= Date.parse(props.endsAt)
  // The server ends it by itself; asking brings what comes after it.
  createEffect(() => {
    if (over()) void revalidate(getSession.key)
  })

  return (
    <Show when={me()}>
      {(person) => (
        <>
          <div class={styles.frame} />
          <Banner
            icon={VenetianMask}
            tone="danger"
            action={
              <Button size="small" action={() => stop()}>
                Stop
              </Button>
            }
          >
            You are acting as {person().name} ({person().email}).{' '}
            <span aria-live="off">{timeLeft(props.endsAt, now())}</span>
          </Banner>
        </>
      )}
    </Show>
  )
}
