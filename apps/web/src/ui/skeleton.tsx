import { For } from 'solid-js'
import styles from './skeleton.module.css'

export interface SkeletonProps {
  /** Heights in rem, one a block: the same as of what will stand there, so that nothing jumps. */
  heights: readonly number[]
}

/** Takes its room at once and shows itself after 200 ms: what comes sooner comes without a flicker. */
export function Skeleton(props: SkeletonProps) {
  return (
    <div class={styles.skeleton} role="status">
      <span class="unseen">Loading</span>
      <For each={props.heights}>{(height) => <div class={styles.block} style={{ height: `${height}rem` }} />}</For>
    </div>
  )
}
