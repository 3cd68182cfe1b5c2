import CircleAlert from 'lucide-solid/icons/circle-alert'
import CircleCheck from 'lucide-solid/icons/circle-check'
import Info from 'lucide-solid/icons/info'
import TriangleAlert from 'lucide-solid/icons/triangle-alert'
import { type JSX, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import styles from './note.module.css'
import { RequestId } from './request-id.tsx'

const icons = { info: Info, success: CircleCheck, warning: TriangleAlert, danger: CircleAlert }

export interface NoteProps {
  tone: keyof typeof icons
  title?: string | undefined
  requestId?: string | undefined
  /** What can be done about it, below. */
  action?: JSX.Element
  children?: JSX.Element
}

/** Something to know, in the place where it matters. */
export function Note(props: NoteProps) {
  return (
    <div class={styles.note} data-tone={props.tone}>
      <Dynamic component={icons[props.tone]} size={16} />
      <div>
        <Show when={props.title}>
          <p class={styles.title}>{props.title}</p>
        </Show>
        <div class={styles.body}>{props.children}</div>
        <div class={styles.action}>{props.action}</div>
        <RequestId id={props.requestId} />
      </div>
    </div>
  )
}
