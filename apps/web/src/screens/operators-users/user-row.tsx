import type { AdminUser } from '@lightpress/users-contract'
import { type JSX, Show } from 'solid-js'
import { Avatar } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Row } from '../../ui/rows.tsx'
import { Truncate } from '../../ui/truncate.tsx'
import { StateBadge } from './state-badge.tsx'
import styles from './user-row.module.css'

/** Somebody, and the way to all that is known of them. */
export function UserRow(props: { user: AdminUser; badge?: JSX.Element; children: JSX.Element }) {
  return (
    <Row
      picture={<Avatar name={props.user.name} image={props.user.avatarUrl} size="medium" />}
      title={
        <>
          <Truncate text={props.user.name} href={`/operators/users/${props.user.id}`} />
          <StateBadge state={props.user.state} />
          <Show when={props.user.operator}>
            <Badge tone="accent">Operator</Badge>
          </Show>
          {props.badge}
        </>
      }
      action={<span class={styles.more}>{props.children}</span>}
    >
      <Truncate text={props.user.email} />
    </Row>
  )
}
