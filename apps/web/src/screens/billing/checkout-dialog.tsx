import { AppError, isAppError } from '@lightpress/protocol'
import type { Interval, Plan } from '@lightpress/billing-contract'
import { times } from '@lightpress/billing-contract/money'
import type { Organization } from '@lightpress/users-contract'
import { useAction } from '@solidjs/router'
import { createMemo, createSignal, Show, untrack } from 'solid-js'
import { parseCode } from '../../plans/choice.ts'
import { IntervalSwitch } from '../../plans/interval-switch.tsx'
import { priceOf, yearlySaving } from '../../plans/prices.ts'
import { renewal } from '../../plans/renewal.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Money } from '../../ui/money.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { billingFailure } from './billing-failure.tsx'
import styles from './checkout-dialog.module.css'
import { startCheckout } from './data.ts'
import { SeatsField } from './seats-field.tsx'
import { countOf, leastSeats } from './seats.ts'
import { Sum } from './sum.tsx'
import { TrialField } from './trial-field.tsx'

export interface CheckoutDialogProps {
  plan: Plan
  interval: Interval
  organization: Organization
  /** Whether it begins with the choice to try it first. */
  trial: boolean
  /** Whether there may be a trial at all. */
  mayTry: boolean
  /** As it came with the link. */
  code: string | undefined
  onIntervalChange: (interval: Interval) => void
  onClose: () => void
}

/** What it costs, in full, before anyone leaves for the payment page. */
export function CheckoutDialog(props: CheckoutDialogProps) {
  const start = useAction(startCheckout)
  const people = () => props.organization.memberCount
  const [seats, setSeats] = createSignal(untrack(people))
  const [trial, setTrial] = createSignal(untrack(() => props.trial && props.mayTry))
  const [trialUsed, setTrialUsed] = createSignal(false)
  const [code, setCode] = createSignal(untrack(() => props.code ?? ''))
  const trialDays = () => (props.mayTry && !trialUsed() ? props.plan.trialDays : null)
  const tried = () => trial() && trialDays() !== null

  // A new order has a new key; the same order pressed again has the same.
  const order = createMemo(() => {
    const promotionCode = parseCode(code())
    const { interval } = props
    const least = leastSeats(seats(), people())
    return {
      key: crypto.randomUUID(),
      wanted: { interval, seats: least, trial: tried(), ...(promotionCode !== undefined && { promotionCode }) },
    }
  })

  const submit = async () => {
    if (props.plan.id === 'free') return
    const { key, wanted } = order()
    try {
      await start({ planId: props.plan.id, ...wanted }, key)
    } catch (error) {
      throw onField(error)
    }
  }
  const remedy = (error: unknown) => (
    <Show when={isAppError(error) && error.reason === 'billing.trial_used'}>
      <Button
        size="small"
        onClick={() => {
          setTrialUsed(true)
          setTrial(false)
        }}
      >
        Go on without a trial
      </Button>
    </Show>
  )

  return (
    <Dialog open onOpenChange={props.onClose} title={`Choose ${props.plan.name}`} description={props.plan.description}>
      <Form submit={submit} explain={billingFailure} remedy={remedy}>
        <Show when={trialDays()}>{(days) => <TrialField days={days()} value={trial()} onChange={setTrial} />}</Show>
        <IntervalSwitch value={props.interval} saving={yearlySaving(props.plan)} onChange={props.onIntervalChange} />
        <Show when={props.plan.perSeat}>
          <SeatsField
            value={seats()}
            organization={props.organization}
            onChange={(wanted) => wanted !== undefined && setSeats(wanted)}
          />
        </Show>
        <CodeField given={props.code} onInput={setCode} />
        <Show when={priceOf(props.plan, props.interval)}>
          {(price) => (
            <div class={styles.bill} aria-live="polite">
              <Sum
                lines={[
                  {
                    description: (
                      <>
                        {countOf(seats(), 'seat')} × <Money of={price()} /> per {props.interval}
                      </>
                    ),
                    amount: times(price(), seats()),
                  },
                ]}
                total="Due today"
                amount={times(price(), tried() ? 0 : seats())}
              >
                <p class={styles.next}>
                  <Show
                    when={tried() && trialDays()}
                    fallback={
                      <>
                        Renews on <CalendarDate at={renewal(new Date(), props.interval).toISOString()} /> for the same
                        amount.
                      </>
                    }
                  >
                    {(days) => (
                      <>
                        After the trial, on <CalendarDate at={inDays(days())} />, the amount above is charged if there
                        is a card by then; else the trial just ends.
                      </>
                    )}
                  </Show>
                  <Show when={parseCode(code())}> The payment page shows what your code takes off.</Show> Prices exclude
                  taxes.
                </p>
              </Sum>
            </div>
          )}
        </Show>
        <SubmitButton wide>{tried() ? 'Start the trial' : 'Continue to payment'}</SubmitButton>
      </Form>
    </Dialog>
  )
}

/** Most have none: it is a line to press, until somebody has one. */
function CodeField(props: { given: string | undefined; onInput: (code: string) => void }) {
  const [open, setOpen] = createSignal(untrack(() => props.given !== undefined))
  return (
    <Show
      when={open()}
      fallback={
        <Button variant="quiet" size="small" class={styles.code ?? ''} onClick={() => setOpen(true)}>
          Add a promotion code
        </Button>
      }
    >
      <TextField
        name="promotionCode"
        label="Promotion code"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck={false}
        maxLength={100}
        value={props.given ?? ''}
        onInput={({ currentTarget: { value } }) => props.onInput(value)}
        ref={(field) => props.given === undefined && queueMicrotask(() => field.focus())}
      />
    </Show>
  )
}

/** A code that does not work is put right where it stands. */
function onField(error: unknown): unknown {
  if (!isAppError(error) || error.reason !== 'billing.promotion_code_invalid' || error.errors.length > 0) return error
  const errors = [{ path: 'promotionCode', message: 'This code does not work: it may be over, or for somebody else.' }]
  return new AppError(error.code, error.reason, error.message, { errors, cause: error })
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString()
}
