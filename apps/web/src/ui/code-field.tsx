import { createEffect, type JSX } from 'solid-js'
import { useForm } from './form.tsx'
import { TextField } from './text-field.tsx'

/** As an authenticator app shows it. */
const wholeCode = /^\d{6}$/

export interface CodeFieldProps {
  name: string
  label: string
  /** Digits of an app, or the letters and digits of a recovery code. */
  kind: 'digits' | 'recovery'
  help?: JSX.Element
  autofocus?: boolean
}

/**
 * A code that is copied from somewhere else: password managers fill it in, spell checkers leave it alone. Digits are
 * taken however they are spaced, and sent when the last of them is there.
 */
export function CodeField(props: CodeFieldProps) {
  const form = useForm()
  let field!: HTMLInputElement
  // The next try takes the place of the wrong one.
  createEffect(() => form.error(props.name) !== undefined && field.select())

  const typed = () => {
    if (props.kind !== 'digits') return
    const code = field.value.replace(/[\s.-]/g, '')
    if (field.value !== code) field.value = code
    if (wholeCode.test(code)) field.form?.requestSubmit()
  }

  // A wrong code counts against whoever sends it; what cannot be one is only not finished.
  const whole = (code: string) =>
    props.kind === 'digits' && !wholeCode.test(code) ? 'Six digits, and nothing else.' : undefined

  return (
    <TextField
      ref={field}
      onInput={typed}
      name={props.name}
      label={props.label}
      help={props.help}
      rule={whole}
      autocomplete={props.kind === 'digits' ? 'one-time-code' : 'off'}
      inputmode={props.kind === 'digits' ? 'numeric' : 'text'}
      autocapitalize="off"
      spellcheck={false}
      autofocus={props.autofocus}
      maxLength={60}
      required
    />
  )
}
