import Check from 'lucide-solid/icons/check'
import Circle from 'lucide-solid/icons/circle'
import { createSignal, For, type JSX, Show } from 'solid-js'
import styles from './new-password-field.module.css'
import { PasswordField, type PasswordFieldProps } from './password-field.tsx'
import { passwordError, passwordRules } from './password.ts'

export interface NewPasswordFieldProps extends Pick<PasswordFieldProps, 'name' | 'label' | 'autofocus'> {
  /** Fields whose words the password must not contain, where they are known. */
  personal?: readonly string[]
}

/** Shows the rules for a new password, and which of them are met. */
export function NewPasswordField(props: NewPasswordFieldProps) {
  const [password, setPassword] = createSignal('')
  const [personal, setPersonal] = createSignal<string[] | undefined>(props.personal && [])

  const typed: JSX.InputEventHandler<HTMLInputElement, InputEvent> = ({ currentTarget: input }) => {
    setPassword(input.value)
    setPersonal(props.personal?.map((name) => valueBeside(input, name)))
  }

  return (
    <PasswordField
      {...props}
      autocomplete="new-password"
      rule={(value, values) =>
        passwordError(
          value,
          props.personal?.map((name) => values[name] ?? ''),
        )
      }
      help={<Rules rules={passwordRules(password(), personal())} />}
      onInput={typed}
    />
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
