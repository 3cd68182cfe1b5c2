import { createAsync, useParams } from '@solidjs/router'
import { createEffect, For, Show } from 'solid-js'
import { getSession } from '../../account/data.ts'
import { OperatorsOnly } from '../../account/operators-only.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { Rows } from '../../ui/rows.tsx'
import { Settings, SettingsGroup } from '../../ui/settings.tsx'
import { None } from '../../ui/none.tsx'
import { SubjectHeading } from '../operators-users/subject-heading.tsx'
import { AccountBadges } from './account-badges.tsx'
import { AccountFacts } from './account-facts.tsx'
import { nameOf, planLine } from './account-words.ts'
import styles from './account.module.css'
import { Converge } from './converge.tsx'
import { getAccount } from './data.ts'
import { InvoiceRow } from './invoice-row.tsx'
import { StripeEventRow } from './stripe-event-row.tsx'

type Whole = NonNullable<Awaited<ReturnType<typeof getAccount>>>

const back = { href: '/operators/subscriptions', label: 'Subscriptions' }

export function OperatorSubscription() {
  useTitle('Subscription')
  const params = useParams<{ id: string }>()
  return (
    <Region reads={[getSession.key, getAccount.key]} heights={[5, 12, 12]}>
      <OperatorsOnly title="Subscription">
        <One id={params.id} />
      </OperatorsOnly>
    </Region>
  )
}

function One(props: { id: string }) {
  const whole = createAsync(() => getAccount(props.id))
  createEffect(() => {
    const known = whole()
    if (known) useTitle(nameOf(known.account))
  })
  return (
    <Show when={whole() !== undefined}>
      <Show
        when={whole()}
        fallback={
          <None of="Subscription" title="No customer has this id" back={back}>
            The organisation never came to the payment page, or it was deleted.
          </None>
        }
      >
        {(known) => <Everything whole={known()} />}
      </Show>
    </Show>
  )
}

function Everything(props: { whole: Whole }) {
  const account = () => props.whole.account
  return (
    <Settings>
      <SubjectHeading
        back={back}
        name={nameOf(account())}
        image={null}
        shape="square"
        badge={<AccountBadges account={account()} />}
        lead={planLine(account().subscription)}
        actions={
          <Show when={account().organizationName !== null}>
            <ButtonLink href={`/operators/organizations/${account().organizationId}`}>Organisation</ButtonLink>
          </Show>
        }
      />
      <SettingsGroup title="Our copy" lead="What we have of the payment provider’s, and whether it is still so.">
        <Converge organizationId={account().organizationId} behind={account().behind} />
      </SettingsGroup>
      <SettingsGroup title="Subscription" lead="As it was last read.">
        <Card>
          <AccountFacts account={account()} />
        </Card>
      </SettingsGroup>
      <SettingsGroup title="Invoices" lead="The latest of them.">
        <Show when={props.whole.invoices.length > 0} fallback={<Nothing>No invoice was made yet.</Nothing>}>
          <Rows label="Invoices">
            <For each={props.whole.invoices}>{(invoice) => <InvoiceRow invoice={invoice} />}</For>
          </Rows>
        </Show>
      </SettingsGroup>
      <SettingsGroup title="Webhooks" lead="What the payment provider told of it last.">
        <Show when={props.whole.events.length > 0} fallback={<Nothing>It told of nothing in sixty days.</Nothing>}>
          <Rows label="Webhooks">
            <For each={props.whole.events}>{(event) => <StripeEventRow event={event} />}</For>
          </Rows>
          <ButtonLink href={`/operators/webhooks?organization=${account().organizationId}`} class={styles.all ?? ''}>
            All its webhooks
          </ButtonLink>
        </Show>
      </SettingsGroup>
    </Settings>
  )
}

function Nothing(props: { children: string }) {
  return (
    <Card>
      <p>{props.children}</p>
    </Card>
  )
}
