import type { Organization } from '@lightpress/users-contract'
import UserPlus from 'lucide-solid/icons/user-plus'
import { createSignal, Show, Suspense } from 'solid-js'
import { screen } from '../../screen.ts'
import { Button } from '../../ui/button.tsx'

const InviteDialog = screen(() => import('../invitations/invite-dialog.tsx'), 'InviteDialog')

export function InviteButton(props: { organization: Organization }) {
  const [open, setOpen] = createSignal(false)
  return (
    <>
      <Button variant="primary" action={() => InviteDialog.preload().then(() => setOpen(true))}>
        <UserPlus size={16} />
        Invite people
      </Button>
      <Suspense>
        <Show when={open()}>
          <InviteDialog organization={props.organization} onClose={() => setOpen(false)} />
        </Show>
      </Suspense>
    </>
  )
}
