import CircleAlert from 'lucide-solid/icons/circle-alert'
import RotateCcw from 'lucide-solid/icons/rotate-ccw'
import { Button } from './button.tsx'
import { explain } from './failure.ts'
import { RequestId } from './request-id.tsx'
import styles from './states.module.css'

/** What happened, what to do, a retry, and the id to quote. */
export function FailedState(props: { error: unknown; retry: () => Promise<unknown> }) {
  const failure = () => explain(props.error)
  return (
    <div class={styles.state} role="alert">
      <span class={styles.icon} data-tone="danger">
        <CircleAlert size={20} />
      </span>
      <h2>{failure().title}</h2>
      <p>{failure().advice}</p>
      <Button action={props.retry}>
        <RotateCcw size={16} />
        Try again
      </Button>
      <RequestId id={failure().requestId} />
    </div>
  )
}
