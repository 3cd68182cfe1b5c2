import { useAction } from '@solidjs/router'
import Copy from 'lucide-solid/icons/copy'
import { createSignal, Show } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { CodeField } from '../../ui/code-field.tsx'
import { copyText } from '../../ui/copy.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Actions } from '../../ui/settings.tsx'
import { toast } from '../../ui/toast.ts'
import styles from './app-dialog.module.css'
import { CodesDialog } from './codes-dialog.tsx'
import { confirmTotp } from './factors.ts'
import { inGroups } from './in-groups.ts'
import { QrCode } from './qr-code.tsx'
import { offerSignOut, othersSignedOut } from './sign-out-offer.tsx'

export interface AppDialogProps {
  enrolment: { secret: string; uri: string }
  /** There is one already, which goes on until the new one is confirmed. */
  replaces: boolean
  onClose: () => void
}

/** Hands the secret to an app, has it prove that it got it, and shows the recovery codes if these are the first. */
export function AppDialog(props: AppDialogProps) {
  const confirm = useAction(confirmTotp)
  const [codes, setCodes] = createSignal<string[]>()
  const submit = async ({ code = '' }) => {
    const { recoveryCodes } = await confirm(code)
    toast({
      title: props.replaces ? 'Authenticator app replaced' : 'Two-step verification is on',
      ...(recoveryCodes && { detail: othersSignedOut }),
    })
    if (recoveryCodes) setCodes(recoveryCodes)
    else {
      await offerSignOut('two-step')
      props.onClose()
    }
  }
  return (
    <Show
      when={codes()}
      fallback={
        <Dialog
          open
          onOpenChange={props.onClose}
          title={props.replaces ? 'Replace the authenticator app' : 'Set up an authenticator app'}
          description="Scan this with an app such as 1Password, Google Authenticator, Aegis or the passwords of your phone."
        >
          <div class={styles.secret}>
            <QrCode text={props.enrolment.uri} label="QR code for the authenticator app" />
            <div class={styles.words}>
              <p class={styles.lead}>Cannot scan it? Type this key into the app:</p>
              <code class={styles.key}>{inGroups(props.enrolment.secret)}</code>
              <Button size="small" action={() => copyText(props.enrolment.secret, 'Key copied')}>
                <Copy size={16} />
                Copy the key
              </Button>
            </div>
          </div>
          <Form submit={submit}>
            <CodeField
              kind="digits"
              name="code"
              label="Code that the app shows"
              help="Six digits, new every half a minute."
            />
            <Actions>
              <Button onClick={() => props.onClose()}>Cancel</Button>
              <SubmitButton>{props.replaces ? 'Replace' : 'Turn on'}</SubmitButton>
            </Actions>
          </Form>
        </Dialog>
      }
    >
      {(made) => <CodesDialog codes={made()} onClose={() => props.onClose()} />}
    </Show>
  )
}
