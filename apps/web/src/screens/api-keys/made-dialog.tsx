import type { Scope } from '@lightpress/auth-contract'
import { CodeBlock } from '../../ui/code-block.tsx'
import { SecretDialog } from '../../ui/secret-dialog.tsx'
import { curlExample } from './example.ts'

export function MadeDialog(props: { made: { key: string; scopes: Scope[] }; onClose: () => void }) {
  return (
    <SecretDialog
      title="Your API key"
      what="API key"
      secret={props.made.key}
      about="We keep no copy, so it is shown this once. Put it where your program reads its secrets, and nowhere else."
      onClose={() => props.onClose()}
    >
      <CodeBlock
        title="Try it"
        what="example"
        code={curlExample(props.made.scopes, location.origin)}
        hint="Run it, paste the key, and press Enter: so it is in no history of your shell."
      />
    </SecretDialog>
  )
}
