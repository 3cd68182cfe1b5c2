import Copy from 'lucide-solid/icons/copy'
import { Button } from './button.tsx'
import { copyText } from './copy.ts'
import { capitalized } from './in-words.ts'

/** Beside what can be pasted into a search, a ticket, or a command. `what` as within a sentence: "request id". */
export function CopyButton(props: { text: string; what: string }) {
  return (
    <Button
      size="small"
      variant="quiet"
      square
      aria-label={`Copy the ${props.what}`}
      action={() => copyText(props.text, `${capitalized(props.what)} copied`)}
    >
      <Copy size={16} />
    </Button>
  )
}
