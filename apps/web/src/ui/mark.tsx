import styles from './mark.module.css'

/** The folded page of light; the same drawing as mark.svg, which is the favicon. */
export function Mark(props: { size?: number }) {
  return (
    <svg width={props.size ?? 24} height={props.size ?? 24} viewBox="0 0 24 24" aria-hidden="true" class={styles.mark}>
      <path class={styles.page} d="M5 3.5h9.5L20 9v11.5H5z" />
      <path class={styles.light} d="M5 20.5 14.5 9H20v11.5z" />
      <path class={styles.fold} d="M14.5 3.5 20 9h-5.5z" />
    </svg>
  )
}

/** The mark with the name. */
export function Wordmark() {
  return (
    <span class={styles.wordmark}>
      <Mark size={22} />
      Lightpress
    </span>
  )
}
