import type { Plan, Subscription } from '@lightpress/billing-contract'
import type { Organization } from '@lightpress/users-contract'
import { useAction } from '@solidjs/router'
import { Match, Show, Switch } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Actions } from '../../ui/settings.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.ts'
import styles from './cancel-dialog.module.css'
import { cancelSubscription } from './data.ts'
import { countOf } from './seats.ts'
import { isRunning } from './status.ts'

export interface CancelDialogProps {
  subscription: Subscription
  plans: readonly Plan[]
  organization: Organization
  /** Of the plan. */
  name: string
  onClose: () => void
}

/** What happens when, and what stays, before it is done. */
export function CancelDialog(props: CancelDialogProps) {
  const cancel = useAction(cancelSubscription)
  const isMetered = () => props.plans.some(({ id, metered }) => id === props.subscription.planId && metered.length > 0)
  const free = () => props.plans.find(({ id }) => id === 'free')
  const submit = async () => {
    const { planId } = await cancel()
    toast({ title: planId === 'free' ? `${props.name} has ended` : `${props.name} will end, and not renew` })
    props.onClose()
  }
  return (
    <Dialog open onOpenChange={props.onClose} title={`Cancel ${props.name}`}>
      <dl class={styles.steps}>
        <div>
          <Switch
            fallback={
              <>
                <dt>Now</dt>
                <dd>{props.name} ends at once, since it is not paid for. What is owed is not collected any more.</dd>
              </>
            }
          >
            <Match when={isRunning(props.subscription) && props.subscription.currentPeriodEnd}>
              {(at) => (
                <>
                  <dt>
                    Until <CalendarDate at={at()} />
                  </dt>
                  <dd>
                    {props.subscription.status === 'trialing'
                      ? 'The trial goes on, and nothing is charged after it.'
                      : 'Everything stays as it is: it is paid for. You can take this back at any time.'}
                    <Show when={props.subscription.scheduledChange}> The change of plan is taken back.</Show>
                  </dd>
                </>
              )}
            </Match>
          </Switch>
        </div>
        <div>
          <dt>Then</dt>
          <dd>
            {props.organization.name} is on Free
            <Show when={free()?.limits.members}>{(most) => <>: for up to {countOf(most(), 'person')}</>}</Show>
            <Show when={free()?.limits.tasks}>{(most) => <>, {countOf(most(), 'task')} a month</>}</Show>. No invoice
            comes any more<Show when={isMetered()}>, but for what was used until then</Show>.
          </dd>
        </div>
        <div>
          <dt>Kept</dt>
          <dd>Everything: people, data, settings and invoices. Nobody is put out who is there already.</dd>
        </div>
      </dl>
      <Form submit={submit}>
        <Actions>
          <Button onClick={() => props.onClose()}>Keep {props.name}</Button>
          <SubmitButton variant="danger">Cancel {props.name}</SubmitButton>
        </Actions>
      </Form>
    </Dialog>
  )
}
