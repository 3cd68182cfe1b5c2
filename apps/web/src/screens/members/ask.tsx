import type { Role } from '@lightpress/protocol'
import type { Member, Organization } from '@lightpress/users-contract'
import { useAction } from '@solidjs/router'
import { Match, Switch } from 'solid-js'
import { roleWords } from '../../account/roles.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { toast } from '../../ui/toast.ts'
import { changeRole, removeMember } from './data.ts'
import { LeaveDialog } from './leave-dialog.tsx'

/** What waits for a yes. */
export type Asked =
  { kind: 'remove' | 'leave'; member: Member } | { kind: 'role'; member: Member; role: Role; own: boolean }

export function Ask(props: Asked & { organization: Organization; onClose: () => void }) {
  const change = useAction(changeRole)
  const remove = useAction(removeMember)
  return (
    <Switch>
      <Match when={props.kind === 'remove'}>
        <ConfirmDialog
          title={`Remove ${props.member.name}?`}
          action="Remove"
          run={async () => {
            await remove(props.organization.id, props.member.userId)
            toast({ title: `${props.member.name} is no longer in ${props.organization.name}` })
          }}
          onClose={() => props.onClose()}
        >
          {props.member.email} can do nothing in {props.organization.name} any more, within a second. Their account and
          what they did here stay. You can invite them again.
        </ConfirmDialog>
      </Match>
      <Match when={props.kind === 'leave'}>
        <LeaveDialog organization={props.organization} userId={props.member.userId} onClose={() => props.onClose()} />
      </Match>
      <Match when={props.kind === 'role' && props}>
        {(asked) => (
          <ConfirmDialog
            title={
              asked().own ? `Become ${article(asked().role)} ${asked().role}?` : `Make ${asked().member.name} an owner?`
            }
            action={asked().own ? `Become ${article(asked().role)} ${asked().role}` : 'Make owner'}
            run={async () => {
              await change(asked().organization.id, asked().member.userId, asked().role)
              toast({ title: asked().own ? 'Your role has changed' : `${asked().member.name} is an owner now` })
            }}
            onClose={() => asked().onClose()}
          >
            {asked().own
              ? `${roleWords[asked().role].may} Only somebody who may do more can give you back what you have now.`
              : 'An owner does all that you can: change roles, yours too, hand the organisation on, or delete it.'}
          </ConfirmDialog>
        )}
      </Match>
    </Switch>
  )
}

function article(role: Role): string {
  return role === 'member' ? 'a' : 'an'
}
