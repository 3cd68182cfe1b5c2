import type { AdminOrganization } from '@lightpress/users-contract'
import { type JSX, Show } from 'solid-js'
import { Avatar } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { formats } from '../../ui/formats.ts'
import { Row } from '../../ui/rows.tsx'
import { Truncate } from '../../ui/truncate.tsx'
import { StateBadge } from '../operators-users/state-badge.tsx'
import styles from '../operators-users/user-row.module.css'

/** An organisation, and the way to all that is known of it. */
export function OrganizationRow(props: {
  organization: AdminOrganization
  badge?: JSX.Element
  children: JSX.Element
}) {
  return (
    <Row
      picture={
        <Avatar name={props.organization.name} image={props.organization.logoUrl} size="medium" shape="square" />
      }
      title={
        <>
          <Truncate text={props.organization.name} href={`/operators/organizations/${props.organization.id}`} />
          <StateBadge state={props.organization.state} />
          <Show when={props.organization.personal}>
            <Badge>Personal</Badge>
          </Show>
          {props.badge}
        </>
      }
      action={<span class={styles.more}>{props.children}</span>}
    >
      {peopleWords(props.organization.memberCount)}
    </Row>
  )
}

export function peopleWords(count: number): string {
  return count === 1 ? '1 person' : `${count.toLocaleString(formats().locale)} people`
}
