import { useSearchParams } from '@solidjs/router'
import styles from './list-tools.module.css'

/** A day that a list begins or ends with, in the address as `2026-11-20`. */
export function FilterDay(props: { label: string; param: string; cursor?: string }) {
  const [search, setSearch] = useSearchParams()
  return (
    <label class={styles.day}>
      {props.label}
      <input
        type="date"
        value={String(search[props.param] ?? '')}
        data-set={search[props.param] !== undefined || undefined}
        onChange={({ currentTarget: { value } }) =>
          setSearch({ [props.param]: value || undefined, [props.cursor ?? 'cursor']: undefined }, { scroll: false })
        }
      />
    </label>
  )
}
