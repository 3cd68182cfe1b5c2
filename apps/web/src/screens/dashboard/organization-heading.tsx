import type { Organization } from '@lightpress/users-contract'
import { useAction } from '@solidjs/router'
import Pencil from 'lucide-solid/icons/pencil'
import { createSignal, Show } from 'solid-js'
import { createActiveOrganization } from '../../account/active-organization.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Heading } from '../../ui/heading.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { toast } from '../../ui/toast.ts'
import { Truncate } from '../../ui/truncate.tsx'
import { renameOrganization } from './data.ts'
import styles from './page.module.css'

const roles = { owner: 'You own it.', admin: 'You administer it.', member: 'You are a member.' }

export function OrganizationHeading() {
  const organization = createActiveOrganization()
  const [renaming, setRenaming] = createSignal(false)
  return (
    <Show when={organization()}>
      {(known) => (
        <div class={styles.organization}>
          <Avatar name={known().name} size="medium" shape="square" />
          <Heading
            level={2}
            title={<Truncate text={known().name} />}
            beside={
              known().role !== 'member' && (
                <Button
                  variant="quiet"
                  size="small"
                  square
                  aria-label="Rename the organisation"
                  onClick={() => setRenaming(true)}
                >
                  <Pencil size={16} />
                </Button>
              )
            }
          >
            {describe(known())}
          </Heading>
          <RenameDialog organization={known()} open={renaming()} onClose={() => setRenaming(false)} />
        </div>
      )}
    </Show>
  )
}

function RenameDialog(props: { organization: Organization; open: boolean; onClose: () => void }) {
  const rename = useAction(renameOrganization)
  return (
    <Dialog open={props.open} onOpenChange={props.onClose} title="Rename the organisation">
      <Form
        submit={async ({ name = '' }) => {
          await rename(props.organization.id, name)
          props.onClose()
          toast({ title: `It is called ${name.trim()} now` })
        }}
      >
        <TextField
          name="name"
          label="Name"
          autocomplete="organization"
          maxLength={100}
          value={props.organization.name}
          help="Its members see it, and it is written on invoices."
          required
        />
        <SubmitButton wide>Rename</SubmitButton>
      </Form>
    </Dialog>
  )
}

function describe({ personal, memberCount, role }: Organization): string {
  if (personal) return 'Your personal organisation.'
  return `${memberCount} ${memberCount === 1 ? 'member' : 'members'}. ${roles[role]}`
}
