import { createUniqueId, type JSX, Show, untrack } from 'solid-js'
import { useForm } from './form.tsx'
import styles from './switch-field.module.css'

export interface SwitchFieldProps {
  name: string
  label: JSX.Element
  help?: JSX.Element
  on: boolean
  onChange?: (on: boolean) => void
}

/** On or off: the form has `on` under its name, or nothing. For something that goes on or stops, where a box is ticked. */
export function SwitchField(props: SwitchFieldProps) {
  const form = useForm()
  const id = createUniqueId()
  const error = () => form.error(props.name)
  form.register(props.name, () => undefined)
  return (
    <div class={styles.field}>
      <label for={id}>{props.label}</label>
      <input
        id={id}
        type="checkbox"
        role="switch"
        name={props.name}
        class={styles.switch}
        checked={untrack(() => (form.hasDraft ? form.draft(props.name) === 'on' : props.on))}
        aria-invalid={error() === undefined ? undefined : true}
        aria-describedby={`${id}-note`}
        onInput={({ currentTarget: { checked } }) => props.onChange?.(checked)}
      />
      <div id={`${id}-note`} class={styles.note}>
        <Show when={error()} fallback={props.help}>
          <p class={styles.error}>{error()}</p>
        </Show>
      </div>
    </div>
  )
}
