import type { Money as Due } from '@lightpress/billing-contract'
import { ranksAtLeast } from '@lightpress/protocol'
import { createAsync, useAction } from '@solidjs/router'
import CreditCard from 'lucide-solid/icons/credit-card'
import { Show } from 'solid-js'
import { getActiveId, getOrganizations } from '../../account/data.ts'
import { PayLink } from '../../plans/pay-link.tsx'
import { PlanName } from '../../plans/plan-name.tsx'
import { getSubscription, openPortal } from '../../screens/billing/data.ts'
import { isPaused } from '../../screens/billing/status.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Money } from '../../ui/money.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import styles from './banners.module.css'

/** For those who can pay. What cannot be read is no problem of theirs: the screen of it says so, and no other. */
export function PaymentProblem() {
  const subscription = createAsync(() => getSubscription().catch(() => undefined))
  const organizations = createAsync(() => getOrganizations().catch(() => undefined))
  const activeId = createAsync(() => getActiveId().catch(() => undefined))
  const portal = useAction(openPortal)
  const role = () => organizations()?.find(({ id }) => id === activeId())?.role ?? null
  const known = () => {
    const now = subscription()
    return now?.paymentProblem && ranksAtLeast(role(), 'admin') ? { ...now, problem: now.paymentProblem } : undefined
  }
  return (
    <Show when={known()}>
      {(failed) => (
        <Banner
          icon={CreditCard}
          tone={isPaused(failed()) ? 'danger' : 'warning'}
          action={
            <span class={styles.actions}>
              <Show when={failed().problem.payUrl}>
                {(url) => <PayLink href={url()} size="small" variant="primary" />}
              </Show>
              <Button size="small" action={() => portal()}>
                Update card
              </Button>
            </span>
          }
        >
          <Show
            when={isPaused(failed())}
            fallback={
              <>
                Your payment
                <Amount of={failed().problem.amountDue} /> failed. Pay by{' '}
                <CalendarDate at={failed().problem.graceEndsAt} short /> to keep <PlanName id={failed().planId} />.
              </>
            }
          >
            <PlanName id={failed().planId} /> is paused: your payment
            <Amount of={failed().problem.amountDue} /> failed. Pay to go on; nothing is deleted.
          </Show>
        </Banner>
      )}
    </Show>
  )
}

/** The invoice itself may not be known yet. */
function Amount(props: { of: Due }) {
  return (
    <Show when={props.of.amount > 0}>
      {' '}
      of <Money of={props.of} />
    </Show>
  )
}
