import Check from 'lucide-solid/icons/check'
import Circle from 'lucide-solid/icons/circle'
import Eye from 'lucide-solid/icons/eye'
import EyeOff from 'lucide-solid/icons/eye-off'
import { createSignal, For, type JSX, Show } from 'solid-js'
import { Field, type FieldProps } from './field.tsx'
import styles from './field.module.css'
import { passwordError, passwordRules } from './password.ts'

export interface PasswordFieldProps extends Omit<FieldProps, 'help' | 'rule'> {
  autocomplete: 'current-password' | 'new-password'
  /** Fields whose content a new password must not contain. */
  personal?: readonly string[]
  help?: JSX.Element
  aside?: JSX.Element
  autofocus?: boolean
}

/** A new password shows its rules and which of them are met; paste is welcome. */
export function PasswordField(props: PasswordFieldProps) {
  const [shown, setShown] = createSignal(false)
  const [password, setPassword] = createSignal('')
  const [personal, setPersonal] = createSignal<string[]>([])
  const isNew = () => props.autocomplete === 'new-password'

  const typed: JSX.EventHandler<HTMLInputElement, InputEvent> = ({ currentTarget: input }) => {
    setPassword(input.value)
    setPersonal((props.personal ?? []).map((name) => valueBeside(input, name)))
  }

  return (
    <Field
      name={props.name}
      label={props.label}
      required={props.required ?? true}
      rule={(value, values) =>
        isNew()
          ? passwordError(
              value,
              (props.personal ?? []).map((name) => values[name] ?? ''),
            )
          : undefined
      }
      help={
        <Show when={isNew()} fallback={props.help}>
          <Rules rules={passwordRules(password(), personal())} />
        </Show>
      }
      aside={props.aside}
    >
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
            onInput={typed}
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

function Rules(props: { rules: ReturnType<typeof passwordRules> }) {
  return (
    <ul class={styles.rules}>
      <For each={props.rules}>
        {(rule) => (
          <li data-met={rule.met || undefined}>
            <Show when={rule.met} fallback={<Circle size={12} />}>
              <Check size={12} />
            </Show>
            {rule.label}
            <span class="unseen">{rule.met ? ' (met)' : ' (not met)'}</span>
          </li>
        )}
      </For>
    </ul>
  )
}

function valueBeside(input: HTMLInputElement, name: string): string {
  const other = input.form?.elements.namedItem(name)
  return other instanceof HTMLInputElement ? other.value : ''
}
