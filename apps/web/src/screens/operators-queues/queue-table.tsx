import { A } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { Time } from '../../ui/time.tsx'
import type { Queue } from './data.ts'
import styles from './queue-table.module.css'
import { deadWords, queueWords } from './words.ts'

/** Who waits for what, and for how long. */
export function QueueTable(props: { queues: readonly Queue[] }) {
  return (
    <div class={styles.scroll}>
      <table class={styles.table}>
        <thead>
          <tr>
            <th scope="col">Queue</th>
            <th scope="col">Pending</th>
            <th scope="col">Delayed</th>
            <th scope="col">In queue</th>
            <th scope="col">Dead</th>
            <th scope="col">Oldest</th>
          </tr>
        </thead>
        <tbody>
          <For each={props.queues}>{(queue) => <QueueRow queue={queue} />}</For>
        </tbody>
      </table>
    </div>
  )
}

function QueueRow(props: { queue: Queue }) {
  const words = () => queueWords(props.queue)
  return (
    <tr>
      <th scope="row">
        {words().title} <span class={styles.kind}>{words().detail}</span>
      </th>
      <Count label="pending" of={props.queue.pending} />
      <Count label="delayed" of={props.queue.delayed} />
      <Count label="in queue" of={props.queue.published} />
      <td data-label="dead" data-none={props.queue.dead === 0 || undefined}>
        <Show when={props.queue.dead > 0} fallback="0">
          <A
            href={`/operators/dead-letters?module=${props.queue.module}`}
            aria-label={`${deadWords(props.queue.dead)} of ${words().title}`}
          >
            <Badge tone="danger">{props.queue.dead}</Badge>
          </A>
        </Show>
      </td>
      <td data-label="oldest" data-none={props.queue.oldestAt === null || undefined}>
        <Show when={props.queue.oldestAt} fallback="–">
          {(at) => <Time at={at()} />}
        </Show>
      </td>
    </tr>
  )
}

function Count(props: { label: string; of: number }) {
  return (
    <td data-label={props.label} data-none={props.of === 0 || undefined}>
      {props.of}
    </td>
  )
}
