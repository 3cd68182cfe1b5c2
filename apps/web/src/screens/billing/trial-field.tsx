import styles from './trial-field.module.css'

/** To try it first, or to have it from today on. */
export function TrialField(props: { days: number; value: boolean; onChange: (trial: boolean) => void }) {
  return (
    <fieldset class={styles.choices}>
      <legend class="unseen">Begin with</legend>
      <label class={styles.choice}>
        <input type="radio" name="begin" checked={props.value} onChange={() => props.onChange(true)} />
        <span class={styles.name}>Try it free for {props.days} days</span>
        <span class={styles.detail}>No card. It ends by itself.</span>
      </label>
      <label class={styles.choice}>
        <input type="radio" name="begin" checked={!props.value} onChange={() => props.onChange(false)} />
        <span class={styles.name}>Pay from today</span>
        <span class={styles.detail}>By card, cancelled at any time.</span>
      </label>
    </fieldset>
  )
}
