import { useSearchParams } from '@solidjs/router'
import ChevronDown from 'lucide-solid/icons/chevron-down'
import { For } from 'solid-js'
import styles from './list-tools.module.css'

export interface FilterSelectProps {
  label: string
  /** The parameter of the address that holds what is chosen. */
  param: string
  /** Said for no choice: "Any role". */
  any: string
  options: readonly { value: string; label: string }[]
  cursor?: string
}

/** Narrows a list down at once, by the address. What is in the address and not among the options is no choice. */
export function FilterSelect(props: FilterSelectProps) {
  const [search, setSearch] = useSearchParams()
  return (
    <div class={styles.select}>
      <select
        class={styles.control}
        aria-label={props.label}
        data-set={search[props.param] !== undefined || undefined}
        onChange={({ currentTarget: { value } }) =>
          setSearch({ [props.param]: value || undefined, [props.cursor ?? 'cursor']: undefined }, { scroll: false })
        }
      >
        <option value="" selected={search[props.param] === undefined}>
          {props.any}
        </option>
        <For each={props.options}>
          {({ value, label }) => (
            <option value={value} selected={search[props.param] === value}>
              {label}
            </option>
          )}
        </For>
      </select>
      <ChevronDown size={16} />
    </div>
  )
}
