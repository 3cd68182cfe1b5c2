import { type JSX, splitProps, untrack } from 'solid-js'
import { Field, type FieldProps } from './field.tsx'
import styles from './field.module.css'

export interface TextAreaFieldProps
  extends FieldProps, Omit<JSX.TextareaHTMLAttributes<HTMLTextAreaElement>, 'name' | 'required'> {}

/** Several lines; it grows with what is typed where the browser knows how. */
export function TextAreaField(props: TextAreaFieldProps) {
  const [own, rest] = splitProps(props, ['name', 'label', 'help', 'required', 'rule', 'value'])
  return (
    <Field {...own}>
      {(parts) => {
        // From then on it belongs to who types: what is read again with another attribute would be written over that.
        const beginning = untrack(() => parts.draft ?? own.value ?? '')
        return (
          <textarea
            {...rest}
            id={parts.id}
            name={own.name}
            class={`${styles.control} ${styles.lines}`}
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
