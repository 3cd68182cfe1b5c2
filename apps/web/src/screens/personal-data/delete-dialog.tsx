import type { Profile } from '@lightpress/users-contract'
import { createAsync, useAction } from '@solidjs/router'
import { Show } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Region } from '../../ui/region.tsx'
import { Actions } from '../../ui/settings.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { BlockingOrganization } from './blocking-organization.tsx'
import { eraseMe, getMyErasurePlan } from './data.ts'
import { ErasurePlanView, organizationsThat } from './erasure-plan.tsx'

/** What would go, and then the address to be typed: a slip of the hand deletes nobody. */
export function DeleteDialog(props: { person: Profile; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={props.onClose}
      title="Delete your account"
      description="This is what would happen, as of now. Nothing has been changed yet."
    >
      <Region reads={[getMyErasurePlan.key]} heights={[6, 12, 4]}>
        <Plan person={props.person} onClose={() => props.onClose()} />
      </Region>
    </Dialog>
  )
}

function Plan(props: { person: Profile; onClose: () => void }) {
  const plan = createAsync(() => getMyErasurePlan())
  return (
    <Show when={plan()}>
      {(known) => (
        <>
          <ErasurePlanView
            plan={known()}
            remedy={(organization) => (
              // Nobody acts in one that is suspended.
              <Show when={!organization.suspended}>
                <BlockingOrganization organization={organization} onLeave={props.onClose} />
              </Show>
            )}
          />
          <Show
            when={organizationsThat('blocks', known()).length === 0}
            fallback={
              <Actions>
                <Button onClick={() => props.onClose()}>Close</Button>
              </Actions>
            }
          >
            <Confirmation person={props.person} onClose={props.onClose} />
          </Show>
        </>
      )}
    </Show>
  )
}

function Confirmation(props: { person: Profile; onClose: () => void }) {
  const erase = useAction(eraseMe)
  const isTheirs = (typed: string) => typed.trim().toLowerCase() === props.person.email.toLowerCase()
  return (
    <Form submit={() => erase(props.person.email)}>
      <TextField
        name="email"
        label={`Type ${props.person.email} to go on`}
        help="You are signed out everywhere at once. When all is done, a receipt comes to this address."
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        required
        rule={(typed) => (isTheirs(typed) ? undefined : 'This is not your address.')}
      />
      <Actions>
        <Button onClick={() => props.onClose()}>Cancel</Button>
        <SubmitButton variant="danger">Delete my account</SubmitButton>
      </Actions>
    </Form>
  )
}
