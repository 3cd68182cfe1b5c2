import { revalidate } from '@solidjs/router'
import { onNotification } from '../../account/live.ts'
import { billing } from '../../api/billing.ts'
import { getInvoices, getSubscription } from '../billing/data.ts'
import { isRunning } from '../billing/status.ts'
import { settle } from '../../account/settle.ts'

/** Resolves with the running subscription, or undefined when it takes longer than a minute. */
export async function waitForSubscription(signal: AbortSignal) {
  const subscription = await settle({
    ask: () => billing.getSubscription({}, { signal }),
    isSettled: isRunning,
    pause: (milliseconds) => pauseUntilNews(milliseconds, signal),
    signal,
  })
  if (subscription) await revalidate([getSubscription.key, getInvoices.key])
  return subscription
}

/** A billing notification is the sign that there is something new to see. */
function pauseUntilNews(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      stop()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    const stop = onNotification(({ category }) => {
      if (category === 'billing') done()
    })
    signal.addEventListener('abort', done)
  })
}
