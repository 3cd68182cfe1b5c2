import type { Account } from '@lightpress/billing-contract'
import { Show } from 'solid-js'
import { Avatar } from '../../ui/avatar.tsx'
import { Row } from '../../ui/rows.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { Truncate } from '../../ui/truncate.tsx'
import styles from '../operators-users/user-row.module.css'
import { AccountBadges } from './account-badges.tsx'
import { nameOf, planLine } from './account-words.ts'

export function AccountRow(props: { account: Account }) {
  const subscription = () => props.account.subscription
  return (
    <Row
      picture={<Avatar name={nameOf(props.account)} image={null} size="medium" shape="square" />}
      title={
        <>
          <Truncate text={nameOf(props.account)} href={`/operators/subscriptions/${props.account.organizationId}`} />
          <AccountBadges account={props.account} />
        </>
      }
      action={
        <span class={styles.more}>
          <Show when={subscription().currentPeriodEnd}>
            {(at) => (
              <>
                {subscription().cancelAtPeriodEnd ? 'ends' : 'until'} <CalendarDate at={at()} short />
              </>
            )}
          </Show>
        </span>
      }
    >
      {planLine(subscription())}
    </Row>
  )
}
