import Eye from 'lucide-solid/icons/eye'
import EyeOff from 'lucide-solid/icons/eye-off'
import { createSignal, type JSX, Show } from 'solid-js'
import { Field, type FieldProps } from './field.tsx'
import styles from './field.module.css'

export interface PasswordFieldProps extends FieldProps {
  autocomplete: 'current-password' | 'new-password'
  aside?: JSX.Element
  autofocus?: boolean
  onInput?: JSX.InputEventHandler<HTMLInputElement, InputEvent>
}

/** A password that exists; paste is welcome. For one that is being chosen there is `NewPasswordField`. */
export function PasswordField(props: PasswordFieldProps) {
  const [shown, setShown] = createSignal(false)
  return (
    <Field {...props} required={props.required ?? true} verbatim>
      {(parts) => (
        <div class={styles.wrap}>
          <input
            id={parts.id}
            name={props.name}
            type={shown() ? 'text' : 'password'}
            class={styles.control}
            autocomplete={props.autocomplete}
            autofocus={props.autofocus}
            autocapitalize="off"
            spellcheck={false}
            aria-required={props.required ?? true}
            aria-invalid={parts.invalid()}
            aria-describedby={parts.describedBy}
            onInput={(event) => props.onInput?.(event)}
          />
          <button
            type="button"
            class={styles.reveal}
            aria-label={shown() ? 'Hide password' : 'Show password'}
            aria-pressed={shown()}
            onClick={() => setShown((now) => !now)}
          >
            <Show when={shown()} fallback={<Eye size={16} />}>
              <EyeOff size={16} />
            </Show>
          </button>
        </div>
      )}
    </Field>
  )
}
