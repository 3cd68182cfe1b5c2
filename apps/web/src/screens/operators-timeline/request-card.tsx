import { A } from '@solidjs/router'
import { createUniqueId, Show } from 'solid-js'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Time } from '../../ui/time.tsx'
import type { TrailRequest } from './group.ts'
import { PersonLink } from './names.tsx'
import styles from './request-card.module.css'
import { timelinePath } from './subject.ts'
import { Tree } from './trail-node.tsx'
import { cutWords, doerWords, operationWords, typeWords } from './words.ts'

/** What was asked for and by whom, and all that came of it. `whole`: nothing but this request is shown. */
export function RequestCard(props: { request: TrailRequest; whole: boolean }) {
  const id = createUniqueId()
  return (
    <li class={styles.request} aria-labelledby={id}>
      <header class={styles.head}>
        <h2 id={id} class={styles.title}>
          {requestWords(props.request)}
        </h2>
        <span class={styles.when}>
          <Time at={props.request.startedAt} />
        </span>
        <p class={styles.who}>
          <Show when={props.request.actorId} fallback={doerWords(props.request.id)}>
            {(actor) => (
              <>
                by <PersonLink id={actor()} />
              </>
            )}
          </Show>
          <Show when={props.request.operation}>
            {(operation) => (
              <>
                {' · '}
                <code>{operation()}</code>
              </>
            )}
          </Show>
        </p>
        <p class={styles.id}>
          Request <code>{props.request.id}</code>
          <CopyButton text={props.request.id} what="request id" />
          <Show when={!props.whole}>
            <A href={timelinePath({ requestId: props.request.id })}>All of this request</A>
          </Show>
        </p>
      </header>
      <Tree nodes={props.request.roots} start={props.request.startedAt} label="What came of it" />
      <Show when={props.request.cut}>
        <p class={styles.cut}>{cutWords(props.whole)}</p>
      </Show>
    </li>
  )
}

/** What was called; where that is not written down, the first that is known to have come of it. */
function requestWords({ operation, roots }: TrailRequest): string {
  const first = roots[0]?.items[0]
  if (operation !== null) return operationWords(operation)
  return first ? typeWords(first) : 'A request'
}
