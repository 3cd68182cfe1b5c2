import type { Organization, Profile } from '@lightpress/users-contract'
import { createSignal, Match, Show, Suspense, Switch } from 'solid-js'
import { screen } from '../../screen.ts'
import { Button } from '../../ui/button.tsx'
import { Row, Rows } from '../../ui/rows.tsx'
import { SettingsGroup } from '../../ui/settings.tsx'

const LeaveDialog = screen(() => import('../members/leave-dialog.tsx'), 'LeaveDialog')
const TransferDialog = screen(() => import('./transfer-dialog.tsx'), 'TransferDialog')
const DeleteDialog = screen(() => import('./delete-dialog.tsx'), 'DeleteDialog')

const dialogs = { leave: LeaveDialog, transfer: TransferDialog, delete: DeleteDialog }

export interface DangerZoneProps {
  organization: Organization
  person: Profile
  lookOnly: boolean
}

/** What is hard to take back, or not at all. What somebody may not do is not there. */
export function DangerZone(props: DangerZoneProps) {
  const [asked, setAsked] = createSignal<keyof typeof dialogs>()
  const ask = (what: keyof typeof dialogs) => dialogs[what].preload().then(() => setAsked(what))
  const close = () => setAsked(undefined)
  const owns = () => props.organization.role === 'owner'
  return (
    <Show when={!props.lookOnly && !props.organization.ownPersonal}>
      <SettingsGroup title="Danger zone" lead="For the organisation as a whole. Each is asked about once more.">
        <Rows label="Danger zone">
          <Row title="Leave" action={<Button action={() => ask('leave')}>Leave…</Button>}>
            You stop being a member. The others go on without you.
          </Row>
          <Show when={owns() && !props.organization.personal && props.organization.memberCount > 1}>
            <Row title="Hand it on" action={<Button action={() => ask('transfer')}>Hand on…</Button>}>
              Another member becomes its owner in your place. You stay as an admin.
            </Row>
          </Show>
          <Show when={owns() && !props.organization.personal}>
            <Row
              title="Delete"
              action={
                <Button variant="danger" action={() => ask('delete')}>
                  Delete…
                </Button>
              }
            >
              With everything in it, for good. Its subscription is cancelled first.
            </Row>
          </Show>
        </Rows>
      </SettingsGroup>
      <Suspense>
        <Switch>
          <Match when={asked() === 'leave'}>
            <LeaveDialog organization={props.organization} userId={props.person.id} onClose={close} />
          </Match>
          <Match when={asked() === 'transfer'}>
            <TransferDialog organization={props.organization} userId={props.person.id} onClose={close} />
          </Match>
          <Match when={asked() === 'delete'}>
            <DeleteDialog organization={props.organization} onClose={close} />
          </Match>
        </Switch>
      </Suspense>
    </Show>
  )
}
