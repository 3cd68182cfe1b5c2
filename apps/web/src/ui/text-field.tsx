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
      {(parts) => (
        <input
          {...rest}
          id={parts.id}
          name={own.name}
          class={styles.control}
          // Where it begins; from then on it belongs to who types.
          value={untrack(() => parts.draft ?? own.value ?? '')}
          aria-required={own.required}
          aria-invalid={parts.invalid()}
          aria-describedby={parts.describedBy}
        />
      )}
    </Field>
  )
}
