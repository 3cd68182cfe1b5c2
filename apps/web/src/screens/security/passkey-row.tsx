import type { Passkey } from '@lightpress/auth-contract'
import { useAction } from '@solidjs/router'
import FingerprintPattern from 'lucide-solid/icons/fingerprint-pattern'
import { createSignal, Show } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Actions } from '../../ui/settings.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { CalendarDate, Time } from '../../ui/time.tsx'
import { renamePasskey } from './factors.ts'
import { useReadOnly } from './read-only.ts'
import { Row } from '../../ui/rows.tsx'
import styles from './passkey-row.module.css'

export function PasskeyRow(props: { passkey: Passkey; onRemove: () => void }) {
  const readOnly = useReadOnly()
  const [renaming, setRenaming] = createSignal(false)
  return (
    <Show
      when={!renaming()}
      fallback={
        <li class={styles.renaming}>
          <Rename passkey={props.passkey} onClose={() => setRenaming(false)} />
        </li>
      }
    >
      <Row
        icon={FingerprintPattern}
        title={props.passkey.name}
        badge={<Badge>{props.passkey.synced ? 'Synced' : 'This device only'}</Badge>}
        action={
          <Show when={!readOnly()}>
            <Button size="small" aria-label={`Rename ${props.passkey.name}`} onClick={() => setRenaming(true)}>
              Rename
            </Button>
            <Button size="small" aria-label={`Remove ${props.passkey.name}`} onClick={() => props.onRemove()}>
              Remove
            </Button>
          </Show>
        }
      >
        Added <CalendarDate at={props.passkey.createdAt} short /> ·{' '}
        <Show when={props.passkey.lastUsedAt} fallback="never used">
          {(at) => (
            <>
              used <Time at={at()} />
            </>
          )}
        </Show>
      </Row>
    </Show>
  )
}

function Rename(props: { passkey: Passkey; onClose: () => void }) {
  const rename = useAction(renamePasskey)
  const submit = async ({ name = '' }) => {
    await rename(props.passkey.id, name.trim())
    props.onClose()
  }
  return (
    <div
      onKeyDown={(event) => {
        if (event.key === 'Escape') props.onClose()
      }}
    >
      <Form submit={submit}>
        <TextField
          name="name"
          label="Name of the passkey"
          value={props.passkey.name}
          autocomplete="off"
          maxLength={60}
          required
          ref={(field) => queueMicrotask(() => field.select())}
        />
        <Actions>
          <Button onClick={() => props.onClose()}>Cancel</Button>
          <SubmitButton>Rename</SubmitButton>
        </Actions>
      </Form>
    </div>
  )
}
