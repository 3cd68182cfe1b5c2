import type { Account } from '@lightpress/billing-contract'
import { Show } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { isGraceOver } from './account-words.ts'
import { statusWords } from './search.ts'

/** How it stands, and what is out of the ordinary. */
export function AccountBadges(props: { account: Account }) {
  const subscription = () => props.account.subscription
  return (
    <>
      <Badge tone={statusWords[subscription().status].tone}>{statusWords[subscription().status].label}</Badge>
      <Show when={isGraceOver(subscription())}>
        <Badge tone="danger">Grace over</Badge>
      </Show>
      <Show when={subscription().cancelAtPeriodEnd}>
        <Badge tone="warning">Ends</Badge>
      </Show>
      <Show when={props.account.behind}>
        <Badge tone="info">Waits to be read</Badge>
      </Show>
    </>
  )
}
