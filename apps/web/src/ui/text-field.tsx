import { type JSX, splitProps, untrack } from 'solid-js'
import { Field, type FieldProps } from './field.tsx'
import styles from './field.module.css'

export interface TextFieldProps
  extends FieldProps, Omit<JSX.InputHTMLAttributes<HTMLInputElement>, 'name' | 'required'> {
  /** Beside the label: a link, mostly. */
  aside?: JSX.Element
}

export function TextField(props: TextFieldProps) {
  const [own, rest] = splitProps(props, ['name', 'label', 'help', 'required', 'rule', 'aside', 'value'])
  return (
    <Field {...own}>
      {(parts) => {
        // From then on it belongs to who types: what is read again with another attribute would be written over that.
        const beginning = untrack(() => parts.draft ?? own.value ?? '')
        return (
          <input
            {...rest}
            id={parts.id}
            name={own.name}
            class={styles.control}
            value={beginning}
            aria-required={own.required}
            aria-invalid={parts.invalid()}
            aria-describedby={parts.describedBy}
          />
        )
      }}
    </Field>
  )
}
