import { ranksAtLeast } from '@lightpress/protocol'
import type { Organization } from '@lightpress/users-contract'
import { createAsync } from '@solidjs/router'
import { Show } from 'solid-js'
import { getActiveId, getOrganizations } from '../../account/data.ts'
import { OfOrganization } from '../../account/of-organization.tsx'
import { Heading } from '../../ui/heading.tsx'
import { Note } from '../../ui/note.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { getPlans } from '../pricing/data.ts'
import { Choice } from './choice.tsx'
import { CurrentPlan } from './current-plan.tsx'
import { getInvoices, getNextInvoice, getSubscription, getUsage } from './data.ts'
import { Invoices } from './invoices.tsx'
import { NextInvoice } from './next-invoice.tsx'
import styles from './page.module.css'
import { UsageCards } from './usage.tsx'

export function Billing() {
  useTitle('Billing')
  return (
    <div class={styles.page}>
      <Heading title="Billing">Your plan, what it costs, and what was paid.</Heading>
      <Region reads={[getSubscription.key, getPlans.key, getOrganizations.key, getActiveId.key]} heights={[16, 20]}>
        <OfOrganization>{(organization) => <Plan organization={organization()} />}</OfOrganization>
      </Region>
    </div>
  )
}

/** Each part comes and fails by itself: what the payment provider has to be asked for stops nothing else. */
function Plan(props: { organization: Organization }) {
  const subscription = createAsync(() => getSubscription())
  const plans = createAsync(() => getPlans())
  const mayPay = () => ranksAtLeast(props.organization.role, 'admin')
  const paid = () => subscription()?.planId !== 'free'

  return (
    <Show when={subscription()}>
      {(known) => (
        <>
          <CurrentPlan
            subscription={known()}
            plans={plans() ?? []}
            organization={props.organization}
            mayPay={mayPay()}
          />
          <Show when={!mayPay()}>
            <Note tone="info">
              <p>Only owners and admins of {props.organization.name} can change the plan.</p>
            </Note>
          </Show>
          <div class={styles.columns}>
            <Region reads={[getUsage.key]} heights={[16]} title="Usage">
              <UsageCards />
            </Region>
            <Show when={paid() && mayPay()}>
              <Region reads={[getNextInvoice.key]} heights={[16]} title="Next invoice">
                <NextInvoice subscription={known()} />
              </Region>
            </Show>
          </div>
          <Show when={!paid() && mayPay()}>
            <Choice plans={plans() ?? []} subscription={known()} organization={props.organization} />
          </Show>
          <Show when={mayPay()}>
            <Region reads={[getInvoices.key]} heights={[9]} title="Invoices">
              <Invoices />
            </Region>
          </Show>
        </>
      )}
    </Show>
  )
}
