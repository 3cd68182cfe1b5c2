import type { Organization } from '@lightpress/users-contract'
import { createAsync } from '@solidjs/router'
import UserPlus from 'lucide-solid/icons/user-plus'
import { createSignal, Show, Suspense } from 'solid-js'
import { getMe } from '../../account/data.ts'
import { screen } from '../../screen.ts'
import { Button } from '../../ui/button.tsx'

const InviteDialog = screen(() => import('../invitations/invite-dialog.tsx'), 'InviteDialog')

/**
 * A button that may stand anywhere, and the dialog apart from it: the first invitation fills the list that was empty,
 * and what became of the others is still to be read when the button in it is gone.
 */
export function createInviting(organization: () => Organization) {
  const [open, setOpen] = createSignal(false)
  const me = createAsync(() => getMe())
  return {
    InviteButton: () => (
      <Button variant="primary" action={() => InviteDialog.preload().then(() => setOpen(true))}>
        <UserPlus size={16} />
        Invite people
      </Button>
    ),
    Inviting: () => (
      <Suspense>
        <Show when={open() && me()}>
          {(person) => (
            <InviteDialog organization={organization()} owner={person().id} onClose={() => setOpen(false)} />
          )}
        </Show>
      </Suspense>
    ),
  }
}
