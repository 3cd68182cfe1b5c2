import type { EmailChange } from '@lightpress/auth-contract'
import type { Profile } from '@lightpress/users-contract'
import { createAsync, useAction } from '@solidjs/router'
import CircleCheck from 'lucide-solid/icons/circle-check'
import Clock from 'lucide-solid/icons/clock'
import { createSignal, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Actions } from '../../ui/settings.tsx'
import { emailRule } from '../../ui/email-rule.ts'
import { TextField } from '../../ui/text-field.tsx'
import { Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.ts'
import { cancelEmailChange, changeEmail, getEmailChange } from './data.ts'
import styles from './email-section.module.css'
import { followEmailChange } from './follow-email-change.ts'
import { useReadOnly } from './read-only.ts'

export function EmailSection(props: { person: Profile }) {
  const change = createAsync(() => getEmailChange())
  const readOnly = useReadOnly()
  const [givenUp, setGivenUp] = createSignal<EmailChange>()
  followEmailChange(change, givenUp)
  return (
    <Card>
      <div>
        <p class={styles.label}>Your address</p>
        <p class={styles.address}>{props.person.email}</p>
      </div>
      <Show
        when={change()}
        fallback={
          <Show when={!readOnly()}>
            <ChangeForm person={props.person} />
          </Show>
        }
      >
        {(waiting) => (
          <Waiting change={waiting()} oldEmail={props.person.email} onGiveUp={() => setGivenUp(waiting())} />
        )}
      </Show>
    </Card>
  )
}

function ChangeForm(props: { person: Profile }) {
  const change = useAction(changeEmail)
  const submit = async ({ email = '' }) => {
    await change(email)
    toast({ title: 'Two mails are on their way', detail: 'Open the link in each of them.' })
  }
  return (
    <Form name="change-email" owner={props.person.id} submit={submit}>
      <TextField
        name="email"
        label="New address"
        type="email"
        autocomplete="email"
        inputmode="email"
        help="We write to both addresses. It is changed once both have confirmed it."
        required
        rule={emailRule}
      />
      <Actions>
        <SubmitButton>Change address</SubmitButton>
      </Actions>
    </Form>
  )
}

function Waiting(props: { change: EmailChange; oldEmail: string; onGiveUp: () => void }) {
  const readOnly = useReadOnly()
  const cancel = useAction(cancelEmailChange)
  return (
    <div class={styles.waiting}>
      <div>
        <h3>
          Change to <span class={styles.address}>{props.change.newEmail}</span>
        </h3>
        <p class={styles.lead}>
          Open the link in the mail to each address. The change lapses <Time at={props.change.expiresAt} />.
        </p>
      </div>
      <ul class={styles.sides} aria-live="polite">
        <Side email={props.oldEmail} confirmed={props.change.confirmedByOld} />
        <Side email={props.change.newEmail} confirmed={props.change.confirmedByNew} />
      </ul>
      <Show when={!readOnly()}>
        <Actions>
          <Button
            action={async () => {
              props.onGiveUp()
              await cancel()
              toast({ title: 'Change given up', detail: 'Your address stays as it is.' })
            }}
          >
            Cancel the change
          </Button>
        </Actions>
      </Show>
    </div>
  )
}

function Side(props: { email: string; confirmed: boolean }) {
  return (
    <li data-confirmed={props.confirmed || undefined}>
      <Dynamic component={props.confirmed ? CircleCheck : Clock} size={16} />
      <span class={styles.side}>{props.email}</span>
      <span class={styles.status}>{props.confirmed ? 'Confirmed' : 'Not confirmed yet'}</span>
    </li>
  )
}
