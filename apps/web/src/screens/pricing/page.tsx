import type { Interval, Plan } from '@lightpress/billing-contract'
import { createAsync, useSearchParams } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { readSession } from '../../api/session-note.ts'
import { choicePath, parseCode, parseInterval } from '../../plans/choice.ts'
import { IntervalSwitch } from '../../plans/interval-switch.tsx'
import { PlanCard } from '../../plans/plan-card.tsx'
import { mostSaving } from '../../plans/prices.ts'
import { beside } from '../../screen.ts'
import { Badge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { getPlans } from './data.ts'
import styles from './page.module.css'

// Below what is seen first, and after it.
const Details = beside(() => import('./details.tsx'), 'Details')

export function Pricing() {
  useTitle('Pricing')
  return (
    <div class={styles.page}>
      <header class={styles.head}>
        <h1>Pricing</h1>
        <p>Start free, with everything that a small product needs. Pay when your team grows, by the seat.</p>
      </header>
      <Region reads={[getPlans.key]} heights={[2.5, 29, 20]}>
        <Plans />
      </Region>
    </div>
  )
}

function Plans() {
  const plans = createAsync(() => getPlans())
  const [search, setSearch] = useSearchParams<{ interval: string; code: string }>()
  const interval = () => parseInterval(search.interval)
  const code = () => parseCode(search.code)

  return (
    <Show when={plans()}>
      {(known) => (
        <>
          <div class={styles.switch}>
            <IntervalSwitch
              value={interval()}
              saving={mostSaving(known())}
              onChange={(chosen) => setSearch({ interval: chosen === 'year' ? chosen : null }, { replace: true })}
            />
            <Show when={code()}>
              {(given) => (
                <p class={styles.code}>
                  Your code <strong>{given()}</strong> goes with you to the payment.
                </p>
              )}
            </Show>
          </div>
          <h2 class="unseen">Plans</h2>
          <div class={styles.plans}>
            <For each={known()}>
              {(plan) => (
                <PlanCard
                  plan={plan}
                  interval={interval()}
                  featured={plan.id === 'pro'}
                  badge={plan.id === 'pro' && <Badge tone="accent">Most teams</Badge>}
                  action={<Start plan={plan} interval={interval()} code={code()} />}
                />
              )}
            </For>
          </div>
          <Details plans={known()} interval={interval()} />
        </>
      )}
    </Show>
  )
}

/** Whoever has to sign up first finds what they chose on the dashboard. */
function Start(props: { plan: Plan; interval: Interval; code: string | undefined }) {
  const path = () => {
    const { id } = props.plan
    if (id === 'free') return undefined
    return choicePath({ planId: id, interval: props.interval, trial: props.plan.trialDays !== null, code: props.code })
  }
  const keep = () => {
    const chosen = path()
    if (chosen === undefined || readSession()) return
    // Whoever finds nothing kept chooses once more.
    import('../../plans/kept-choice.ts').then(
      ({ keepChoice }) => keepChoice(chosen),
      () => undefined,
    )
  }
  return (
    <div class={styles.start}>
      <ButtonLink
        href={readSession() ? (path() ?? '/dashboard') : '/sign-up'}
        variant={props.plan.id === 'pro' ? 'primary' : 'secondary'}
        wide
        onClick={keep}
      >
        <Show when={props.plan.trialDays} fallback={path() ? `Start with ${props.plan.name}` : 'Start free'}>
          {(days) => `Try ${props.plan.name} free for ${days()} days`}
        </Show>
      </ButtonLink>
      <p class={styles.terms}>No card needed</p>
    </div>
  )
}
