import type { Interval, Plan } from '@lightpress/billing-contract'
import { useAction } from '@solidjs/router'
import { createMemo, createSignal, Show } from 'solid-js'
import { IntervalSwitch } from '../../plans/interval-switch.tsx'
import { priceOf, renewal, times, yearlySaving } from '../../plans/prices.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Money } from '../../ui/money.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import styles from './checkout-dialog.module.css'
import { startCheckout } from './data.ts'
import { mostSeats, seatsRule } from './seats.ts'

export interface CheckoutDialogProps {
  plan: Plan
  interval: Interval
  onIntervalChange: (interval: Interval) => void
  onClose: () => void
}

/** What it costs, in full, before anyone leaves for the payment page. */
export function CheckoutDialog(props: CheckoutDialogProps) {
  const start = useAction(startCheckout)
  const [seats, setSeats] = createSignal(1)
  // A new order has a new key; the same order pressed again has the same.
  const order = createMemo(() => ({ interval: props.interval, seats: seats(), key: crypto.randomUUID() }))

  const submit = async () => {
    if (props.plan.id === 'free') return
    const { interval, seats, key } = order()
    await start({ planId: props.plan.id, interval, seats }, key)
  }

  return (
    <Dialog open onOpenChange={props.onClose} title={`Choose ${props.plan.name}`} description={props.plan.description}>
      <Form submit={submit}>
        <IntervalSwitch value={props.interval} saving={yearlySaving(props.plan)} onChange={props.onIntervalChange} />
        <Show when={props.plan.perSeat}>
          <TextField
            name="seats"
            label="Seats"
            type="number"
            inputmode="numeric"
            autocomplete="off"
            min={1}
            max={mostSeats}
            value={seats()}
            help="One for each person of your organisation. You can change it later."
            required
            rule={seatsRule}
            onInput={(event) => {
              if (seatsRule(event.currentTarget.value, {}) === undefined) setSeats(Number(event.currentTarget.value))
            }}
          />
        </Show>
        <Show when={priceOf(props.plan, props.interval)}>
          {(price) => (
            <div class={styles.sum} aria-live="polite">
              <dl>
                <div>
                  <dt>
                    {seats()} {seats() === 1 ? 'seat' : 'seats'} × <Money of={price()} /> per {props.interval}
                  </dt>
                  <dd>
                    <Money of={times(price(), seats())} />
                  </dd>
                </div>
                <div class={styles.total}>
                  <dt>Due today</dt>
                  <dd>
                    <Money of={times(price(), seats())} />
                  </dd>
                </div>
              </dl>
              <p class={styles.next}>
                Renews on <CalendarDate at={renewal(new Date(), props.interval).toISOString()} /> for the same amount.
                Prices exclude taxes.
              </p>
            </div>
          )}
        </Show>
        <SubmitButton wide>Continue to payment</SubmitButton>
      </Form>
    </Dialog>
  )
}
