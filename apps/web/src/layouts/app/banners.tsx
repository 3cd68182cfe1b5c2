import RotateCcw from 'lucide-solid/icons/rotate-ccw'
import WifiOff from 'lucide-solid/icons/wifi-off'
import { onCleanup, Show, Suspense } from 'solid-js'
import { createKnownSession } from '../../account/known-session.ts'
import { beside } from '../../screen.ts'
import { Banner } from '../../ui/banner.tsx'
import { newVersion, online } from '../../ui/connection.ts'
import styles from './banners.module.css'

const Acting = beside(() => import('./acting.tsx'), 'Acting')
const MailProblem = beside(() => import('./mail-problem.tsx'), 'MailProblem')
const PaymentProblem = beside(() => import('./payment-problem.tsx'), 'PaymentProblem')

/** What must not be missed stands on top of everything. */
export function Banners() {
  const session = createKnownSession()
  return (
    <div ref={makeRoom} role="status" class={styles.banners}>
      <Suspense>
        <Show when={session()?.impersonation}>{(impersonation) => <Acting endsAt={impersonation().endsAt} />}</Show>
      </Suspense>
      <Suspense>
        <PaymentProblem />
      </Suspense>
      <Suspense>
        <MailProblem />
      </Suspense>
      <Show when={!online()}>
        <Banner icon={WifiOff} tone="warning">
          You are offline. What you typed is kept; go on when the network is back.
        </Banner>
      </Show>
      <Show when={newVersion()}>
        <Banner icon={RotateCcw} tone="info">
          There is a new version of Lightpress.{' '}
          <button type="button" onClick={() => location.reload()}>
            Reload
          </button>{' '}
          when it suits you: nothing you typed is lost.
        </Banner>
      </Show>
    </div>
  )
}

/** What else sticks to the top of the window does so below them. */
function makeRoom(banners: HTMLElement) {
  const observer = new ResizeObserver(() => {
    banners.parentElement?.style.setProperty('--banners', `${banners.offsetHeight}px`)
  })
  observer.observe(banners)
  onCleanup(() => observer.disconnect())
}
