import { ranksAtLeast, type Role } from '@lightpress/protocol'
import type { Member, Organization } from '@lightpress/users-contract'
import { useAction } from '@solidjs/router'
import { Show } from 'solid-js'
import { grantableRoles, mayManage, roleWords } from '../../account/roles.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Row } from '../../ui/rows.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { toast, toastFailure } from '../../ui/toast.ts'
import { Truncate } from '../../ui/truncate.tsx'
import type { Asked } from './ask.tsx'
import { changeRole } from './data.ts'
import styles from './member-row.module.css'
import { RoleSelect } from './role-select.tsx'

export interface MemberRowProps {
  member: Member
  organization: Organization
  /** It is the person's own row. */
  own: boolean
  lookOnly: boolean
  ask: (what: Asked) => Promise<unknown>
}

/** Offers what the person may do with a member, as the server would decide it. */
export function MemberRow(props: MemberRowProps) {
  const change = useAction(changeRole)
  const kept = () => props.own && props.organization.ownPersonal
  const may = () => !props.lookOnly && !kept() && mayManage(props.organization.role, props.member.role)
  // Beside those who can be managed, the others stand in the same columns.
  const inColumns = () => !props.lookOnly && ranksAtLeast(props.organization.role, 'admin')
  const mayLeave = () => props.own && !props.lookOnly && !kept()

  // What another change takes back is done at once. Who owns an organisation, or what oneself may do, is asked about.
  const give = async (role: Role) => {
    const { userId, name, role: before } = props.member
    if (props.own || role === 'owner') return props.ask({ kind: 'role', member: props.member, role, own: props.own })
    await change(props.organization.id, userId, role)
    toast({
      title: `${name} is ${withArticle(role)} now`,
      undo: () => void change(props.organization.id, userId, before).catch(toastFailure),
    })
    return undefined
  }

  return (
    <Row
      picture={<Avatar name={props.member.name} image={props.member.avatarUrl} size="medium" />}
      title={
        <>
          <Truncate text={props.member.name} />
          <Show when={props.own}>
            <Badge tone="accent">You</Badge>
          </Show>
        </>
      }
      action={
        <>
          <Show
            when={may()}
            fallback={
              <span class={styles.role} data-column={inColumns() || undefined}>
                {roleWords[props.member.role].label}
              </span>
            }
          >
            <RoleSelect
              of={props.member.name}
              value={props.member.role}
              roles={grantableRoles(props.organization.role)}
              onChange={give}
            />
          </Show>
          <Show when={mayLeave()}>
            <Button
              size="small"
              variant="quiet"
              class={styles.end ?? ''}
              action={() => props.ask({ kind: 'leave', member: props.member })}
            >
              Leave
            </Button>
          </Show>
          <Show when={inColumns() && !may() && !mayLeave()}>
            <span class={styles.end} />
          </Show>
          <Show when={may() && !props.own}>
            <Button
              size="small"
              variant="quiet"
              class={styles.end ?? ''}
              aria-label={`Remove ${props.member.name}`}
              action={() => props.ask({ kind: 'remove', member: props.member })}
            >
              Remove
            </Button>
          </Show>
        </>
      }
    >
      <span class={styles.detail}>
        <Truncate text={props.member.email} />
        <span class={styles.since}>
          since <CalendarDate at={props.member.joinedAt} short />
        </span>
      </span>
    </Row>
  )
}

function withArticle(role: Role): string {
  return `${role === 'member' ? 'a' : 'an'} ${role}`
}
