import Copy from 'lucide-solid/icons/copy'
import type { JSX } from 'solid-js'
import { Button } from './button.tsx'
import { copyText } from './copy.ts'
import { Dialog } from './dialog.tsx'
import { capitalized } from './in-words.ts'
import { Note } from './note.tsx'
import styles from './secret-dialog.module.css'
import { Actions } from './settings.tsx'

export interface SecretDialogProps {
  title: string
  /** What the secret is, within a sentence: "API key". */
  what: string
  secret: string
  /** Why it is shown this once, and where it belongs. */
  about: JSX.Element
  onClose: () => void
  /** How to begin with it. */
  children?: JSX.Element
}

/** The only time that a secret is seen: no slip of the hand takes it away. */
export function SecretDialog(props: SecretDialogProps) {
  return (
    <Dialog open locked onOpenChange={() => undefined} title={props.title}>
      <Note tone="warning" title="Copy it now">
        <p>{props.about}</p>
      </Note>
      <div class={styles.secret}>
        <code class={styles.text} tabIndex={0} aria-label={`The ${props.what}`}>
          {props.secret}
        </code>
        <Button variant="primary" action={() => copyText(props.secret, `${capitalized(props.what)} copied`)}>
          <Copy size={16} />
          Copy
        </Button>
      </div>
      {props.children}
      <Actions>
        <Button onClick={() => props.onClose()}>I have copied it</Button>
      </Actions>
    </Dialog>
  )
}
