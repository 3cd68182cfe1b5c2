import { createUniqueId, For, type JSX, untrack } from 'solid-js'
import { useForm } from './form.tsx'
import styles from './segmented-field.module.css'

export interface SegmentedFieldProps<T extends string> {
  name: string
  label: JSX.Element
  value: T
  options: readonly { value: T; label: string }[]
  onChange?: (value: T) => void
}

/** One of two or three, all in sight: radios beside each other. */
export function SegmentedField<T extends string>(props: SegmentedFieldProps<T>) {
  const form = useForm()
  const id = createUniqueId()
  const beginning = untrack(() => form.draft(props.name) ?? props.value)
  form.register(props.name, () => undefined)
  return (
    <fieldset class={styles.field} aria-describedby={`${id}-error`}>
      <legend class={styles.legend}>{props.label}</legend>
      <div class={styles.options}>
        <For each={props.options}>
          {({ value, label }) => (
            <label class={styles.option}>
              <input
                type="radio"
                name={props.name}
                value={value}
                class="unseen"
                checked={value === beginning}
                onChange={() => props.onChange?.(value)}
              />
              {label}
            </label>
          )}
        </For>
      </div>
      <div id={`${id}-error`} class={styles.error}>
        {form.error(props.name)}
      </div>
    </fieldset>
  )
}
