import { isAppError } from '@lightpress/protocol'
import type { Plan, PlanChange, Subscription } from '@lightpress/billing-contract'
import type { Organization } from '@lightpress/users-contract'
import { useAction } from '@solidjs/router'
import { createEffect, createMemo, createSignal, onCleanup, Show, untrack } from 'solid-js'
import type { PaidPlanId } from '../../plans/choice.ts'
import { IntervalSwitch } from '../../plans/interval-switch.tsx'
import { mostSaving } from '../../plans/prices.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { type Failure, mayPass } from '../../ui/failure.ts'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Note } from '../../ui/note.tsx'
import { toast } from '../../ui/toast.ts'
import { billingFailure, PaymentRemedy } from './billing-failure.tsx'
import styles from './change-dialog.module.css'
import { Preview, submitWords } from './change-preview.tsx'
import { changeSubscription, previewChange } from './data.ts'
import { PlanField } from './plan-field.tsx'
import { createPreviews, type Looked } from './previews.ts'
import { SeatsField } from './seats-field.tsx'
import { wantedChange } from './wanted-change.ts'

export interface ChangeDialogProps {
  subscription: Subscription
  plans: readonly Plan[]
  organization: Organization
  /** What they chose before they came here. */
  chosen: Pick<PlanChange, 'planId' | 'interval'> | undefined
  onClose: () => void
}

/** Another plan, interval or number of seats: what it costs to the cent, and then yes or no to exactly that. */
export function ChangeDialog(props: ChangeDialogProps) {
  const change = useAction(changeSubscription)
  const people = () => props.organization.memberCount
  const before = untrack(() => props.subscription)
  const chosen = untrack(() => props.chosen)
  const [planId, setPlanId] = createSignal(chosen?.planId ?? (before.planId as PaidPlanId))
  const [interval, setInterval] = createSignal(chosen?.interval ?? before.interval ?? 'month')
  const [seats, setSeats] = createSignal<number | undefined>(Math.max(people(), before.minimumSeats))
  const [looked, setLooked] = createSignal<Looked>({ state: 'same' })
  const [again, setAgain] = createSignal<string>()
  const plan = () => props.plans.find(({ id }) => id === planId())

  const choice = createMemo(() =>
    wantedChange(before, { planId: planId(), interval: interval(), seats: seats() }, people()),
  )
  const previews = createPreviews({ ask: previewChange, show: setLooked })
  createEffect(() => {
    setAgain(undefined)
    previews.look(choice())
  })
  onCleanup(() => previews.stop())

  const known = () => {
    const now = looked()
    return now.state === 'known' ? now : undefined
  }
  // Seats that cannot be had are not waited for: who presses is told why.
  const waiting = () => known() === undefined && seats() !== undefined
  // What was agreed to has a key of its own. A refusal ends it: whoever agrees once more wants it done once more.
  let key: { of: unknown; value: string } | undefined
  const keyOf = (preview: object) => {
    if (key?.of !== preview) key = { of: preview, value: crypto.randomUUID() }
    return key.value
  }

  const submit = async () => {
    const agreed = known()
    if (!agreed) return
    try {
      await change(agreed.choice, agreed.preview, keyOf(agreed.preview))
    } catch (error) {
      if (!mayPass(error)) key = undefined
      const words = isAppError(error) ? outdated[error.reason] : undefined
      if (words === undefined) throw error
      previews.look(choice())
      setAgain(words)
      return
    }
    const name = plan()?.name ?? planId()
    toast(
      agreed.preview.effective === 'now'
        ? { title: `You are on ${name}` }
        : { title: `The change to ${name} is planned`, detail: 'You can take it back until then.' },
    )
    props.onClose()
  }

  return (
    <Dialog
      open
      onOpenChange={props.onClose}
      title="Change plan"
      description="Nothing is changed or charged before you agree to the amount."
    >
      <Form
        submit={submit}
        explain={changeFailure}
        remedy={(error) => <PaymentRemedy error={error} problem={props.subscription.paymentProblem} />}
      >
        <PlanField
          plans={props.plans}
          value={planId()}
          current={before.planId}
          interval={interval()}
          onChange={setPlanId}
        />
        <IntervalSwitch value={interval()} saving={mostSaving(props.plans)} onChange={setInterval} />
        <SeatsField
          value={seats()}
          agreed={before.minimumSeats}
          organization={props.organization}
          onChange={setSeats}
        />
        <Show when={again()}>
          <div role="alert">
            <Note tone="warning" title="Look at the amount once more">
              <p>{again()}</p>
            </Note>
          </div>
        </Show>
        <Preview
          looked={looked()}
          choosing={
            seats() === undefined
              ? `How many seats shall it be? At least ${people().toLocaleString('en')}, since everybody has one.`
              : 'This is what you have. Choose something else.'
          }
          plans={props.plans}
          subscription={props.subscription}
          retry={() => previews.look(choice())}
        />
        <div class={styles.end}>
          <Button onClick={() => props.onClose()}>Cancel</Button>
          <SubmitButton waiting={waiting()}>{submitWords(known()?.preview)}</SubmitButton>
        </div>
      </Form>
    </Dialog>
  )
}

/** Without an answer nobody knows whether it was done; the same key finds what was. */
function changeFailure(error: unknown): Failure {
  const failure = billingFailure(error)
  if (!mayPass(error) || failure.retryAfter !== undefined) return failure
  return { ...failure, advice: 'Try again: what was done already is not done, or charged, a second time.' }
}

/** Why an amount that was agreed to is not charged. */
const outdated: Record<string, string> = {
  'billing.amount_changed': 'It is another one now than when you looked. Nothing was charged.',
  'billing.preview_expired': 'It was worked out more than an hour ago, and time counts. Nothing was charged.',
}
