import type { Organization } from '@lightpress/users-contract'
import { useAction } from '@solidjs/router'
import { PictureField } from '../../pictures/picture-field.tsx'
import { Card } from '../../ui/card.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Actions } from '../../ui/settings.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { toast } from '../../ui/toast.ts'
import { removeLogo, renameOrganization, setLogo } from './data.ts'

/** `owner` is whose draft the name is, while it is being typed. */
export function NameAndLogo(props: { organization: Organization; owner: string }) {
  const rename = useAction(renameOrganization)
  const set = useAction(setLogo)
  const remove = useAction(removeLogo)
  return (
    <Card>
      <PictureField
        label="Logo"
        name={props.organization.name}
        image={props.organization.logoUrl}
        shape="square"
        onChange={(uploadId) => set(props.organization.id, uploadId)}
        onRemove={() => remove(props.organization.id)}
      />
      <Form
        name={`organization-${props.organization.id}`}
        owner={props.owner}
        submit={async ({ name = '' }) => {
          await rename(props.organization.id, name.trim())
          toast({ title: 'Saved' })
        }}
      >
        <TextField
          name="name"
          label="Name"
          autocomplete="organization"
          maxLength={100}
          value={props.organization.name}
          required
        />
        <Actions>
          <SubmitButton>Save changes</SubmitButton>
        </Actions>
      </Form>
    </Card>
  )
}
