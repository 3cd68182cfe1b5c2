import { createSignal, createUniqueId, For, type JSX, Show } from 'solid-js'
import styles from './combobox.module.css'

export interface ComboboxProps<T> {
  /** Of a form's field; without it, `label` names it. */
  id?: string
  name?: string
  label?: string
  describedBy?: string
  invalid?: true | undefined
  placeholder: string
  /** What is found for what is typed; undefined until it is known. */
  found: readonly T[] | undefined
  /** An option in words: it stands in the field once it is chosen. */
  textOf: (option: T) => string
  /** Floats over what is below, where there is no dialog that would cut it off. */
  floating?: boolean
  onType: (text: string) => void
  onPick: (option: T) => void
  /** An option as it is shown. */
  children: (option: T) => JSX.Element
}

/** One of very many, found by typing: the focus stays in the field, the arrows move the choice. */
export function Combobox<T>(props: ComboboxProps<T>) {
  const listId = createUniqueId()
  const [open, setOpen] = createSignal(false)
  const [at, setAt] = createSignal(0)
  const idOf = (index: number) => `${listId}-${index}`
  const options = () => (open() ? (props.found ?? []) : [])
  let field!: HTMLInputElement

  const show = () => {
    props.onType(field.value.trim())
    setAt(0)
    setOpen(true)
  }
  const pick = (option: T | undefined) => {
    if (option === undefined) return
    field.value = props.textOf(option)
    setOpen(false)
    props.onPick(option)
  }
  const move = (step: number) => {
    if (!open()) return show()
    setAt((index) => (index + step + options().length) % Math.max(1, options().length))
    document.getElementById(idOf(at()))?.scrollIntoView({ block: 'nearest' })
  }
  const press: JSX.EventHandler<HTMLInputElement, KeyboardEvent> = (event) => {
    if (event.isComposing) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') move(event.key === 'ArrowDown' ? 1 : -1)
    else if (event.key === 'Enter' && options().length > 0) pick(options()[at()])
    else if (event.key === 'Escape' && open()) {
      // The dialog that it may stand in stays.
      event.stopPropagation()
      setOpen(false)
    } else return
    event.preventDefault()
  }

  return (
    <div class={styles.wrap}>
      <input
        ref={field}
        id={props.id}
        name={props.name}
        class={styles.control}
        role="combobox"
        aria-label={props.label}
        aria-describedby={props.describedBy}
        aria-invalid={props.invalid}
        aria-expanded={options().length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={options().length > 0 ? idOf(at()) : undefined}
        placeholder={props.placeholder}
        maxLength={100}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        onInput={show}
        onClick={show}
        onKeyDown={press}
        onBlur={() => setOpen(false)}
      />
      <ul
        id={listId}
        role="listbox"
        aria-label={props.label ?? props.placeholder}
        class={styles.list}
        data-floating={props.floating || undefined}
        hidden={options().length === 0}
      >
        <For each={options()}>
          {(option, index) => (
            <li
              id={idOf(index())}
              role="option"
              aria-selected={index() === at()}
              class={styles.option}
              onPointerMove={() => setAt(index())}
              // The field keeps the focus; its loss would close the list before the click arrives.
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => pick(option)}
            >
              {props.children(option)}
            </li>
          )}
        </For>
      </ul>
      <p class={open() && props.found?.length === 0 ? styles.none : 'unseen'} role="status">
        <Show when={open() && props.found}>
          {(found) => (found().length === 0 ? 'Nobody like that is here.' : `${found().length} found`)}
        </Show>
      </p>
    </div>
  )
}
