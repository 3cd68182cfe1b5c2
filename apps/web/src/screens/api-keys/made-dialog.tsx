import type { Scope } from '@lightpress/auth-contract'
import Copy from 'lucide-solid/icons/copy'
import { Button } from '../../ui/button.tsx'
import { copyText } from '../../ui/copy.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Note } from '../../ui/note.tsx'
import { Actions } from '../../ui/settings.tsx'
import { curlExample } from './example.ts'
import styles from './made-dialog.module.css'

/** The only time that the key is seen: no slip of the hand takes it away. */
export function MadeDialog(props: { made: { key: string; scopes: Scope[] }; onClose: () => void }) {
  const example = () => curlExample(props.made.scopes, location.origin)
  return (
    <Dialog open locked onOpenChange={() => undefined} title="Your API key">
      <Note tone="warning" title="Copy it now">
        <p>We keep no copy, so it is shown this once. Put it where your program reads its secrets, and nowhere else.</p>
      </Note>
      <div class={styles.secret}>
        <code class={styles.key} tabIndex={0} aria-label="The API key">
          {props.made.key}
        </code>
        <Button variant="primary" aria-label="Copy the key" action={() => copyText(props.made.key, 'API key copied')}>
          <Copy size={16} />
          Copy
        </Button>
      </div>
      <div class={styles.example}>
        <div class={styles.head}>
          <h3>Try it</h3>
          <Button
            size="small"
            variant="quiet"
            aria-label="Copy the example"
            action={() => copyText(example(), 'Example copied')}
          >
            <Copy size={16} />
            Copy
          </Button>
        </div>
        <pre class={styles.code} tabIndex={0} aria-label="Example">
          {example()}
        </pre>
        <p class={styles.hint}>Run it, paste the key, and press Enter: so it is in no history of your shell.</p>
      </div>
      <Actions>
        <Button onClick={() => props.onClose()}>I have copied it</Button>
      </Actions>
    </Dialog>
  )
}
