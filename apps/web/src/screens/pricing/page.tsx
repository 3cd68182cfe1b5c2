import type { Interval } from '@lightpress/billing-contract'
import { createAsync, useSearchParams } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { readSession } from '../../api/session-note.ts'
import { IntervalSwitch } from '../../plans/interval-switch.tsx'
import { PlanCard } from '../../plans/plan-card.tsx'
import { yearlySaving } from '../../plans/prices.ts'
import { Badge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { getPlans } from './data.ts'
import styles from './page.module.css'

export function Pricing() {
  useTitle('Pricing')
  return (
    <div class={styles.page}>
      <header class={styles.head}>
        <h1>Pricing</h1>
        <p>Start free, with everything that a small product needs. Pay when your team grows, by the seat.</p>
      </header>
      <Region reads={[getPlans.key]} heights={[2.5, 26]}>
        <Plans />
      </Region>
      <p class={styles.small}>
        Prices exclude taxes. Cancel at any time: a plan stays until the end of the period that is paid for.
      </p>
    </div>
  )
}

function Plans() {
  const plans = createAsync(() => getPlans())
  const [search, setSearch] = useSearchParams<{ interval: string }>()
  const interval = (): Interval => (search.interval === 'year' ? 'year' : 'month')
  const saving = () => Math.max(0, ...(plans() ?? []).map(yearlySaving))

  return (
    <Show when={plans()}>
      {(known) => (
        <>
          <div class={styles.switch}>
            <IntervalSwitch
              value={interval()}
              saving={saving()}
              onChange={(chosen) => setSearch({ interval: chosen === 'year' ? chosen : null }, { replace: true })}
            />
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
                  action={
                    <ButtonLink
                      href={startPath(plan.id, interval())}
                      variant={plan.id === 'pro' ? 'primary' : 'secondary'}
                      wide
                    >
                      {plan.id === 'free' ? 'Start free' : `Start with ${plan.name}`}
                    </ButtonLink>
                  }
                />
              )}
            </For>
          </div>
        </>
      )}
    </Show>
  )
}

function startPath(planId: string, interval: Interval): string {
  if (!readSession()) return '/sign-up'
  return planId === 'free' ? '/dashboard' : `/billing?plan=${planId}&interval=${interval}`
}
