import ChevronDown from 'lucide-solid/icons/chevron-down'
import { For, splitProps, untrack } from 'solid-js'
import { Field, type FieldProps } from './field.tsx'
import styles from './field.module.css'

export interface SelectFieldProps extends FieldProps {
  value: string
  options: readonly { value: string; label: string }[]
  onChange?: (value: string) => void
}

/** The platform's own list: searchable by typing, and made for thumbs on a phone. */
export function SelectField(props: SelectFieldProps) {
  const [own, rest] = splitProps(props, ['value', 'options', 'onChange'])
  return (
    <Field {...rest}>
      {(parts) => (
        <div class={styles.wrap}>
          <select
            id={parts.id}
            name={rest.name}
            class={styles.control}
            aria-invalid={parts.invalid()}
            aria-describedby={parts.describedBy}
            onChange={(event) => own.onChange?.(event.currentTarget.value)}
          >
            <For each={own.options}>
              {(option) => (
                <option value={option.value} selected={untrack(() => option.value === (parts.draft ?? own.value))}>
                  {option.label}
                </option>
              )}
            </For>
          </select>
          <ChevronDown size={16} class={styles.chevron ?? ''} />
        </div>
      )}
    </Field>
  )
}
