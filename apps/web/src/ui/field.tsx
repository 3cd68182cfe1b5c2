import { createUniqueId, type JSX, Show } from 'solid-js'
import styles from './field.module.css'
import { type Rule, useForm } from './form.tsx'

export interface FieldProps {
  name: string
  label: string
  /** Below the control; the error takes its place. */
  help?: JSX.Element
  required?: boolean
  /** Every character counts, spaces as well. */
  verbatim?: boolean
  rule?: Rule
}

export interface FieldParts {
  id: string
  describedBy: string
  invalid: () => true | undefined
  draft: string | undefined
}

/** Label, control, help or error, tied together; the control itself is drawn by whoever calls. */
export function Field(props: FieldProps & { aside?: JSX.Element; children: (parts: FieldParts) => JSX.Element }) {
  const form = useForm()
  const id = createUniqueId()
  const error = () => form.error(props.name)

  form.register(props.name, (value, values) => {
    if (props.required && (props.verbatim ? value : value.trim()) === '') return `${props.label} is needed.`
    return value === '' ? undefined : props.rule?.(value, values)
  })

  return (
    <div class={styles.field}>
      <label for={id}>{props.label}</label>
      {props.children({
        id,
        describedBy: `${id}-note`,
        invalid: () => (error() === undefined ? undefined : true),
        draft: form.draft(props.name),
      })}
      {/* Above the control for the eye, after it for the keyboard: Tab leads from one control to the next. */}
      <Show when={props.aside}>
        <div class={styles.aside}>{props.aside}</div>
      </Show>
      <div id={`${id}-note`} class={styles.note}>
        <Show when={error()} fallback={props.help}>
          <p class={styles.error}>{error()}</p>
        </Show>
      </div>
    </div>
  )
}
