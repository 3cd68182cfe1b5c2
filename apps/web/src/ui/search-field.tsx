import { useSearchParams } from '@solidjs/router'
import Search from 'lucide-solid/icons/search'
import X from 'lucide-solid/icons/x'
import { createEffect, onCleanup, Show } from 'solid-js'
import styles from './list-tools.module.css'

/** Milliseconds of rest after which what is typed is looked for. */
const rest = 250

export interface SearchFieldProps {
  label: string
  placeholder?: string
  /** The parameter of the address that holds what is looked for. */
  param?: string
  /** The parameter of the cursor, which is of another list from then on. */
  cursor?: string
}

/** Looks while one types, and has it in the address: it can be shared, and Back is the search before. */
export function SearchField(props: SearchFieldProps) {
  const [search, setSearch] = useSearchParams()
  const param = () => props.param ?? 'query'
  const wanted = () => String(search[param()] ?? '')
  let field!: HTMLInputElement
  let waiting: ReturnType<typeof setTimeout> | undefined

  const look = () => {
    clearTimeout(waiting)
    waiting = undefined
    const typed = field.value.trim()
    if (typed === wanted()) return
    // Each letter is no step of its own for Back; the first one is, and the last one taken away.
    const replace = typed !== '' && wanted() !== ''
    setSearch({ [param()]: typed || undefined, [props.cursor ?? 'cursor']: undefined }, { replace, scroll: false })
  }
  const clear = () => {
    field.value = ''
    field.focus()
    look()
  }
  // The address goes ahead of what is typed: by a link, or Back. While somebody types, the field is theirs.
  createEffect(() => {
    const text = wanted()
    if (waiting === undefined && field.value.trim() !== text) field.value = text
  })
  onCleanup(() => clearTimeout(waiting))

  return (
    <div class={styles.search}>
      <Search size={16} />
      <input
        ref={field}
        type="search"
        class={styles.control}
        aria-label={props.label}
        placeholder={props.placeholder ?? props.label}
        value={wanted()}
        maxLength={100}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        enterkeyhint="search"
        onInput={() => {
          clearTimeout(waiting)
          waiting = setTimeout(look, rest)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') look()
          if (event.key === 'Escape' && field.value !== '') {
            event.preventDefault()
            clear()
          }
        }}
      />
      <Show when={wanted()}>
        <button type="button" aria-label={`Clear: ${props.label}`} onClick={clear}>
          <X size={16} />
        </button>
      </Show>
    </div>
  )
}
