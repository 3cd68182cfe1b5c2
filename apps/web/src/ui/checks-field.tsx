import { createUniqueId, For, type JSX, Show } from 'solid-js'
import { Button } from './button.tsx'
import styles from './checks-field.module.css'
import { useForm, type Values } from './form.tsx'

export interface ChecksFieldProps<T> {
  name: string
  label: string
  help?: JSX.Element
  groups: readonly { title: string; items: readonly T[] }[]
  /** What is said when none is ticked; one at least has to be. */
  missing: string
  /** Offers to tick all of them, or none. */
  all?: boolean
  /** A `CheckField` with a name that `checkName` makes. */
  children: (item: T) => JSX.Element
}

/** What a box of the field is called: by its first word a form knows whose it is. */
export function checkName(field: string, value: string): string {
  return `${field} ${value}`
}

/** What is ticked, by what the form has. */
export function checkedOf(values: Values, field: string): string[] {
  const prefix = checkName(field, '')
  return Object.keys(values)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
}

/** Some of several, by what they are about. */
export function ChecksField<T>(props: ChecksFieldProps<T>) {
  const form = useForm()
  const id = createUniqueId()
  const error = () => form.error(props.name)
  let field!: HTMLFieldSetElement
  form.register(props.name, (_, values) => (checkedOf(values, props.name).length > 0 ? undefined : props.missing))

  const tick = (checked: boolean) => {
    const boxes = field.querySelectorAll<HTMLInputElement>('input[type="checkbox"]:enabled')
    for (const box of boxes) box.checked = checked
    // As if it were done by hand: an error that is answered goes, and a draft is kept.
    boxes[0]?.dispatchEvent(new InputEvent('input', { bubbles: true }))
  }

  return (
    <fieldset ref={field} class={styles.field} aria-describedby={`${id}-note`}>
      <legend class={styles.legend}>{props.label}</legend>
      <Show when={props.all}>
        <div class={styles.all}>
          <Button size="small" variant="quiet" aria-label={`${props.label}: tick all`} onClick={() => tick(true)}>
            All
          </Button>
          <Button size="small" variant="quiet" aria-label={`${props.label}: tick none`} onClick={() => tick(false)}>
            None
          </Button>
        </div>
      </Show>
      <div id={`${id}-note`} class={styles.note}>
        <Show when={error()} fallback={props.help}>
          <p class={styles.error}>{error()}</p>
        </Show>
      </div>
      <For each={props.groups}>
        {(group) => (
          <div class={styles.group} role="group" aria-label={group.title}>
            <For each={group.items}>{(item) => props.children(item)}</For>
          </div>
        )}
      </For>
    </fieldset>
  )
}
