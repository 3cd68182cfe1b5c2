import { createAsync } from '@solidjs/router'
import Copy from 'lucide-solid/icons/copy'
import Download from 'lucide-solid/icons/download'
import Printer from 'lucide-solid/icons/printer'
import { For, Show } from 'solid-js'
import { getMe } from '../../account/data.ts'
import { Button } from '../../ui/button.tsx'
import { CheckField } from '../../ui/check-field.tsx'
import { copyText } from '../../ui/copy.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Actions } from '../../ui/settings.tsx'
import styles from './codes-dialog.module.css'
import { codesAsText } from './recovery-codes.ts'

/** The only time that they are seen; so one leaves by saying that they are kept, and by no slip of the hand. */
export function CodesDialog(props: { codes: readonly string[]; onClose: () => void }) {
  const me = createAsync(() => getMe().catch(() => undefined))
  const text = () => codesAsText(props.codes, { email: me()?.email ?? 'your account', at: new Date() })
  return (
    <Dialog
      open
      locked
      onOpenChange={() => undefined}
      title="Keep your recovery codes"
      description="Each works once, should your phone or your passkey be lost. They are shown now and never again."
    >
      <ol class={styles.codes} aria-label="Recovery codes">
        <For each={props.codes}>
          {(code) => (
            <li>
              <code>{code}</code>
            </li>
          )}
        </For>
      </ol>
      <div class={styles.ways}>
        <Button size="small" action={() => copyText(props.codes.join('\n'), 'Recovery codes copied')}>
          <Copy size={16} />
          Copy
        </Button>
        <Button size="small" onClick={() => download(text())}>
          <Download size={16} />
          Download
        </Button>
        <Button size="small" onClick={() => print()}>
          <Printer size={16} />
          Print
        </Button>
      </div>
      <Show when={me()}>{(person) => <p class={styles.printed}>Lightpress, {person().email}</p>}</Show>
      <Form submit={async () => props.onClose()}>
        <CheckField
          name="saved"
          label="I have saved them where I find them without my phone"
          missing="Save them first: they are not shown again."
        />
        <Actions>
          <SubmitButton>Done</SubmitButton>
        </Actions>
      </Form>
    </Dialog>
  )
}

function download(text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const link = Object.assign(document.createElement('a'), { href: url, download: 'lightpress-recovery-codes.txt' })
  link.click()
  URL.revokeObjectURL(url)
}
