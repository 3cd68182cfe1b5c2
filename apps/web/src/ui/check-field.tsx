import { createUniqueId, type JSX, Show, untrack } from 'solid-js'
import styles from './check-field.module.css'
import { useForm } from './form.tsx'

export interface CheckFieldProps {
  name: string
  label: JSX.Element
  help?: JSX.Element
  checked?: boolean
  disabled?: boolean
  /** What is said when it has to be ticked and is not. */
  missing?: string
}

/** A box to tick, its label beside it; the form has `on` under its name, or nothing. */
export function CheckField(props: CheckFieldProps) {
  const form = useForm()
  const id = createUniqueId()
  const error = () => form.error(props.name)
  form.register(props.name, (value) => (value === '' ? props.missing : undefined))
  return (
    <div class={styles.field}>
      <input
        id={id}
        type="checkbox"
        name={props.name}
        checked={untrack(() => (form.hasDraft ? form.draft(props.name) === 'on' : props.checked))}
        disabled={props.disabled}
        aria-invalid={error() === undefined ? undefined : true}
        aria-describedby={`${id}-note`}
      />
      <label for={id}>{props.label}</label>
      <div id={`${id}-note`} class={styles.note}>
        <Show when={error()} fallback={props.help}>
          <p class={styles.error}>{error()}</p>
        </Show>
      </div>
    </div>
  )
}
