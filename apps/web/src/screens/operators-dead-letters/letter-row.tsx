import { A } from '@solidjs/router'
import RotateCcw from 'lucide-solid/icons/rotate-ccw'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { CodeBlock } from '../../ui/code-block.tsx'
import { ErrorLine } from '../../ui/error-line.tsx'
import { Fact, Facts, IdFact } from '../../ui/facts.tsx'
import { FoldedRow } from '../../ui/folded-row.tsx'
import { timelinePath } from '../operators-timeline/subject.ts'
import { kindWords, typeWords } from '../operators-timeline/words.ts'
import type { Letter } from './data.ts'

export interface LetterRowProps {
  letter: Letter
  picked: boolean
  onPick: (on: boolean) => void
  replay: () => void
}

/** What could not be done and why; behind it what it was about, and the way to what led to it. */
export function LetterRow(props: LetterRowProps) {
  const name = () => typeWords(props.letter)
  return (
    <FoldedRow
      before={
        <input
          type="checkbox"
          aria-label={`Select ${name()} (${props.letter.id})`}
          checked={props.picked}
          onChange={({ currentTarget }) => props.onPick(currentTarget.checked)}
        />
      }
      title={name()}
      badge={<Badge>{kindWords[props.letter.kind]}</Badge>}
      detail={
        <>
          for {props.letter.listener} · <code>{props.letter.type}</code>
          <ErrorLine error={props.letter.error ?? 'Why is not known just now: its listener does not answer.'} />
        </>
      }
      at={props.letter.createdAt}
    >
      <Facts>
        <IdFact id={props.letter.id} />
        <Fact term="Request">
          <A href={timelinePath({ requestId: props.letter.requestId })}>
            <code>{props.letter.requestId}</code>
          </A>
        </Fact>
      </Facts>
      <CodeBlock
        title="Payload"
        level={2}
        what={`payload of ${props.letter.id}`}
        code={JSON.stringify(props.letter.payload, null, 2)}
      />
      <div>
        <Button size="small" aria-label={`Replay ${name()} (${props.letter.id})`} onClick={() => props.replay()}>
          <RotateCcw size={16} />
          Replay
        </Button>
      </div>
    </FoldedRow>
  )
}
