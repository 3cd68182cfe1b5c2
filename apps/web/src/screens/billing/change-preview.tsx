import type { ChangePreview, Plan, Subscription } from '@lightpress/billing-contract'
import RotateCcw from 'lucide-solid/icons/rotate-ccw'
import { Match, Show, Switch } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { formatMoney } from '../../ui/format-money.ts'
import { formats } from '../../ui/formats.ts'
import { Money } from '../../ui/money.tsx'
import { RequestId } from '../../ui/request-id.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { billingFailure, isFinal, PaymentRemedy } from './billing-failure.tsx'
import styles from './change-preview.module.css'
import { linesInWords } from './line-words.ts'
import type { Looked } from './previews.ts'
import { countOf } from './seats.ts'
import { Sum } from './sum.tsx'

export interface PreviewProps {
  looked: Looked
  /** What is said while there is nothing to look at. */
  choosing: string
  plans: readonly Plan[]
  subscription: Subscription
  retry: () => void
}

/** What the choice would cost. It takes its room before it is known, and nothing moves when it is. */
export function Preview(props: PreviewProps) {
  const known = () => {
    const { looked } = props
    return looked.state === 'known' ? looked.preview : undefined
  }
  const failure = () => {
    const { looked } = props
    return looked.state === 'failed' ? looked : undefined
  }
  return (
    <div class={styles.preview} aria-live="polite" aria-busy={props.looked.state === 'looking'}>
      <Switch>
        <Match when={props.looked.state === 'same'}>
          <p class={styles.muted}>{props.choosing}</p>
        </Match>
        <Match when={props.looked.state === 'looking'}>
          <Skeleton heights={[1.25, 1.25, 2]} />
        </Match>
        <Match when={known()}>{(preview) => <Amounts {...props} preview={preview()} />}</Match>
        <Match when={failure()}>{(failed) => <Refused {...props} error={failed().error} />}</Match>
      </Switch>
    </div>
  )
}

function Amounts(props: PreviewProps & { preview: ChangePreview }) {
  const name = (id: string) => props.plans.find((plan) => plan.id === id)?.name ?? id
  return (
    <Sum lines={linesInWords(props.preview.lines)} total="Due now" amount={props.preview.dueNow}>
      <ul class={styles.facts}>
        <li>
          <Show
            when={props.preview.effective === 'period_end' && props.subscription.currentPeriodEnd}
            fallback={`Takes effect at once, with ${countOf(props.preview.seats, 'seat')}.`}
          >
            {(at) => (
              <>
                Takes effect on <CalendarDate at={at()} />: {name(props.preview.planId)}, paid by the{' '}
                {props.preview.interval}, with {countOf(props.preview.seats, 'seat')}. Until then{' '}
                {name(props.subscription.planId)} stays as it is.
              </>
            )}
          </Show>
        </li>
        <Show when={props.subscription.cancelAtPeriodEnd && props.subscription.currentPeriodEnd}>
          {(at) => (
            <li>
              Takes back that {name(props.subscription.planId)} ends on <CalendarDate at={at()} />.
            </li>
          )}
        </Show>
        <Show when={props.subscription.trialEndsAt}>
          {(at) => (
            <li>
              Your trial goes on until <CalendarDate at={at()} />.
            </li>
          )}
        </Show>
        <Show when={props.preview.credit.amount > 0}>
          <li>
            <Money of={props.preview.credit} /> of what you paid is left, and pays for the next invoices.
          </li>
        </Show>
        <li>
          Next invoice: <Money of={props.preview.next.total} /> on <CalendarDate at={props.preview.next.at} />.
        </li>
        <li>Prices exclude taxes.</li>
      </ul>
    </Sum>
  )
}

function Refused(props: PreviewProps & { error: unknown }) {
  const failure = () => billingFailure(props.error)
  return (
    <div role="alert" class={styles.refused}>
      <p>
        {failure().title}. {failure().advice}
      </p>
      <Show
        when={isFinal(props.error)}
        fallback={
          <Button size="small" onClick={() => props.retry()}>
            <RotateCcw size={16} />
            Try again
          </Button>
        }
      >
        <PaymentRemedy error={props.error} problem={props.subscription.paymentProblem} />
      </Show>
      <RequestId id={failure().requestId} />
    </div>
  )
}

/** On the button: what a press does, with what it costs. */
export function submitWords(preview: ChangePreview | undefined): string {
  if (!preview) return 'Change plan'
  if (preview.effective === 'period_end') return 'Plan the change'
  return preview.dueNow.amount > 0
    ? `Pay ${formatMoney(preview.dueNow, formats().locale, 'sum')} and change`
    : 'Change now'
}
