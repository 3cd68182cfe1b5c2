import type { Organization } from '@lightpress/users-contract'
import { createAsync, useAction } from '@solidjs/router'
import { Match, Show, Switch } from 'solid-js'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Region } from '../../ui/region.tsx'
import { Actions } from '../../ui/settings.tsx'
import { toast } from '../../ui/toast.ts'
import { getOwners, leaveOrganization } from './data.ts'

export interface LeaveDialogProps {
  organization: Organization
  /** Of whoever leaves. */
  userId: string
  onClose: () => void
}

/** An organisation is never without an owner: the last one is told what to do first. */
export function LeaveDialog(props: LeaveDialogProps) {
  return (
    <Show when={props.organization.role === 'owner'} fallback={<Question {...props} />}>
      <Region reads={[getOwners.key]} heights={[]}>
        <OfOwner {...props} />
      </Region>
    </Show>
  )
}

function OfOwner(props: LeaveDialogProps) {
  const owners = createAsync(() => getOwners(props.organization.id))
  return (
    <Show when={owners()}>
      {(known) => (
        <Show when={known().length < 2} fallback={<Question {...props} />}>
          <Switch>
            <Match when={props.organization.memberCount < 2}>
              <Obstacle {...props}>Nobody else is in it, so nobody would have it. Delete it instead.</Obstacle>
            </Match>
            <Match when={true}>
              <Obstacle {...props}>
                You are its only owner. Hand it on first, or make somebody else an owner as well.
              </Obstacle>
            </Match>
          </Switch>
        </Show>
      )}
    </Show>
  )
}

function Obstacle(props: LeaveDialogProps & { children: string }) {
  return (
    <Dialog
      open
      onOpenChange={props.onClose}
      title={`You cannot leave ${props.organization.name} yet`}
      description={props.children}
    >
      <Actions>
        <Button onClick={() => props.onClose()}>Close</Button>
        <ButtonLink href="/organization" variant="primary" onClick={() => props.onClose()}>
          Go to the settings
        </ButtonLink>
      </Actions>
    </Dialog>
  )
}

function Question(props: LeaveDialogProps) {
  const leave = useAction(leaveOrganization)
  return (
    <ConfirmDialog
      title={`Leave ${props.organization.name}?`}
      action="Leave"
      run={async () => {
        const { name } = props.organization
        await leave(props.organization.id, props.userId)
        toast({ title: `You have left ${name}` })
      }}
      onClose={() => props.onClose()}
    >
      You can do nothing in it any more, and do not see it. What you made there stays there. To come back you have to be
      invited.
    </ConfirmDialog>
  )
}
