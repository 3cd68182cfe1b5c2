import { createAsync, revalidate, useAction } from '@solidjs/router'
import VenetianMask from 'lucide-solid/icons/venetian-mask'
import { createEffect, createSignal, onCleanup } from 'solid-js'
import { getMe, getSession } from '../../account/data.ts'
import { stopActing } from '../../account/impersonation.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import styles from './banners.module.css'
import { timeLeft } from './time-left.ts'

/** An operator is never to forget that they are somebody else, not even where that one's name cannot be had. */
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

  const whom = () => {
    const person = me()
    return person ? `${person.name} (${person.email})` : 'somebody else'
  }

  return (
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
        You are acting as {whom()}. <span aria-live="off">{timeLeft(props.endsAt, now())}</span>
      </Banner>
    </>
  )
}
