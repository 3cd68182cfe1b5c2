import { A, createAsync } from '@solidjs/router'
import Check from 'lucide-solid/icons/check'
import ChevronRight from 'lucide-solid/icons/chevron-right'
import { For, Show } from 'solid-js'
import { createActiveOrganization } from '../../account/active-organization.ts'
import { getMe } from '../../account/data.ts'
import { Card } from '../../ui/card.tsx'
import { getSubscription } from '../billing/data.ts'
import { getInvitations } from '../invitations/data.ts'
import { getNotifications } from '../notifications/data.ts'
import { getPlans } from '../pricing/data.ts'
import { firstSteps, type Step } from './steps.ts'
import styles from './first-steps.module.css'

export function FirstSteps() {
  const me = createAsync(() => getMe())
  const subscription = createAsync(() => getSubscription())
  const plans = createAsync(() => getPlans())
  const notifications = createAsync(() => getNotifications({}))
  const organization = createActiveOrganization()
  const mayInvite = () => organization() !== undefined && organization()?.role !== 'member'
  const invitations = createAsync(async () => {
    const id = organization()?.id
    return id === undefined || !mayInvite() ? undefined : getInvitations(id, undefined)
  })
  const planId = () => subscription()?.planId ?? 'free'
  const paidPlan = () =>
    planId() === 'free' ? undefined : (plans()?.find(({ id }) => id === planId())?.name ?? planId())
  const steps = () =>
    firstSteps({
      timeZone: me()?.timeZone ?? '',
      browserTimeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      paidPlan: paidPlan(),
      notifications: notifications()?.items ?? [],
      picture: (me()?.avatarUrl ?? null) !== null,
      members: organization()?.memberCount ?? 1,
      mayInvite: mayInvite(),
      invited: (invitations()?.items.length ?? 0) > 0,
    })
  const done = () => steps().filter(({ href }) => href === undefined).length

  return (
    <Card
      title="First steps"
      lead={done() === steps().length ? 'All done. You are set.' : `${done()} of ${steps().length} done`}
    >
      <progress class={styles.progress} value={done()} max={steps().length} aria-label="First steps done" />
      <ol class={styles.steps}>
        <For each={steps()}>{(step) => <StepItem step={step} />}</For>
      </ol>
    </Card>
  )
}

function StepItem(props: { step: Step }) {
  const done = () => props.step.href === undefined
  return (
    <li class={styles.step} data-done={done() || undefined}>
      <span class={styles.tick}>
        <Show when={done()}>
          <Check size={12} stroke-width={3} />
        </Show>
      </span>
      <div>
        <h3>
          <Show when={props.step.href} fallback={props.step.title}>
            {(href) => <A href={href()}>{props.step.title}</A>}
          </Show>
          <span class="unseen">{done() ? ' (done)' : ' (to do)'}</span>
        </h3>
        <p>{props.step.detail}</p>
      </div>
      <Show when={!done()}>
        <ChevronRight size={16} />
      </Show>
    </li>
  )
}
