import type { Role } from '@lightpress/protocol'
import ChevronDown from 'lucide-solid/icons/chevron-down'
import { createSignal, For } from 'solid-js'
import { roleWords } from '../../account/roles.ts'
import { toastFailure } from '../../ui/toast.ts'
import styles from './role-select.module.css'

export interface RoleSelectProps {
  /** Whose role it is. */
  of: string
  value: Role
  roles: readonly Role[]
  onChange: (role: Role) => Promise<unknown>
}

/** Shows the role that somebody has, and never the one that was only asked for. */
export function RoleSelect(props: RoleSelectProps) {
  const [busy, setBusy] = createSignal(false)
  let select!: HTMLSelectElement
  const change = async () => {
    const wanted = props.roles.find((role) => role === select.value)
    select.value = props.value
    if (wanted === undefined || busy()) return
    setBusy(true)
    await props.onChange(wanted).catch(toastFailure)
    setBusy(false)
  }
  return (
    <span class={styles.wrap}>
      <select
        ref={select}
        class={styles.select}
        aria-label={`Role of ${props.of}`}
        aria-busy={busy() || undefined}
        onChange={() => void change()}
      >
        <For each={props.roles}>
          {(role) => (
            <option value={role} selected={role === props.value}>
              {roleWords[role].label}
            </option>
          )}
        </For>
      </select>
      <ChevronDown size={14} />
    </span>
  )
}
