import type { Invitation, Organization } from '@lightpress/users-contract'
import { useAction } from '@solidjs/router'
import Mail from 'lucide-solid/icons/mail'
import MailX from 'lucide-solid/icons/mail-x'
import { Show } from 'solid-js'
import { mayManage, roleWords } from '../../account/roles.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Row } from '../../ui/rows.tsx'
import { CalendarDate, Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.ts'
import { Truncate } from '../../ui/truncate.tsx'
import { resendInvitation } from './data.ts'

export interface InvitationRowProps {
  invitation: Invitation
  organization: Organization
  lookOnly: boolean
  onRevoke: () => void
}

export function InvitationRow(props: InvitationRowProps) {
  const resend = useAction(resendInvitation)
  const expired = () => props.invitation.state === 'expired'
  const may = () => !props.lookOnly && mayManage(props.organization.role, props.invitation.role)
  const sendAgain = async () => {
    await resend(props.organization.id, props.invitation.id)
    toast({ title: `Sent again to ${props.invitation.email}`, detail: 'Its link is good for seven days from now.' })
  }
  return (
    <Row
      icon={expired() ? MailX : Mail}
      tone={expired() ? 'warning' : 'neutral'}
      title={
        <>
          <Truncate text={props.invitation.email} />
          <Badge>{roleWords[props.invitation.role].label}</Badge>
          <Show when={expired()}>
            <Badge tone="warning">Expired</Badge>
          </Show>
        </>
      }
      action={
        <Show when={may()}>
          <Button size="small" aria-label={`Send again to ${props.invitation.email}`} action={sendAgain}>
            Send again
          </Button>
          <Button
            size="small"
            variant="quiet"
            aria-label={`Revoke the invitation of ${props.invitation.email}`}
            onClick={() => props.onRevoke()}
          >
            Revoke
          </Button>
        </Show>
      }
    >
      Invited by {props.invitation.invitedBy.name ?? 'somebody who is gone'} · sent{' '}
      <Time at={props.invitation.sentAt} /> ·{' '}
      <Show
        when={expired()}
        fallback={
          <>
            good until <CalendarDate at={props.invitation.expiresAt} short />
          </>
        }
      >
        expired <Time at={props.invitation.expiresAt} />
      </Show>
    </Row>
  )
}
