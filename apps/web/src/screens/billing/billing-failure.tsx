import { isAppError } from '@lightpress/protocol'
import type { PaymentProblem } from '@lightpress/billing-contract'
import { useAction } from '@solidjs/router'
import { Show } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { explain, type Failure } from '../../ui/failure.ts'
import styles from './billing-failure.module.css'
import { openPortal } from './data.ts'
import { PayLink } from '../../plans/pay-link.tsx'

/** Refusals whose kind alone would say the wrong thing: what it is, and what to do. */
const told: Record<string, Failure> = {
  'billing.payment_failed': {
    title: 'The payment did not go through',
    advice: 'Your card was declined: nothing was charged, and nothing has changed. Use another card, then try again.',
  },
  'billing.payment_due': {
    title: 'An invoice waits to be paid',
    advice: 'Pay it first; the plan can be changed then.',
  },
  'billing.same_plan': {
    title: 'Nothing would change',
    advice: 'This is the plan that you have, or that is planned already.',
  },
  'billing.not_subscribed': {
    title: 'There is no plan to change',
    advice: 'It has ended meanwhile. Choose one on the billing screen.',
  },
  'billing.already_subscribed': {
    title: 'There is a plan already',
    advice: 'Somebody was quicker. Load the screen anew to see it.',
  },
  'billing.trial_used': {
    title: 'The trial was used already',
    advice: 'There is one for each organisation. You can go on and pay for the plan from today.',
  },
}

export function billingFailure(error: unknown): Failure {
  return (isAppError(error) ? told[error.reason] : undefined) ?? explain(error)
}

/** A refusal that no other try would change. */
export function isFinal(error: unknown): boolean {
  return isAppError(error) && Object.hasOwn(told, error.reason)
}

/** The way on when it is about money: another card, or the invoice. */
export function PaymentRemedy(props: { error: unknown; problem: PaymentProblem | null }) {
  const portal = useAction(openPortal)
  const reason = () => (isAppError(props.error) ? props.error.reason : '')
  return (
    <Show when={reason() === 'billing.payment_failed' || reason() === 'billing.payment_due'}>
      <div class={styles.remedy}>
        <Show when={reason() === 'billing.payment_due' && props.problem?.payUrl}>
          {(url) => <PayLink href={url()} size="small" />}
        </Show>
        <Button size="small" action={() => portal()}>
          Update card
        </Button>
      </div>
    </Show>
  )
}
