import { html, type Content, type Html } from './html.ts'

/** Writes one field of a form. */
export type Field<Name extends string> = (name: Name, label: string, attributes: Content) => Html

/** The fields of a form, each with what was typed and what is wrong with it. The first that is wrong gets the focus. */
export function fieldsOf<Name extends string>(
  typed: Record<Name, string>,
  errors: Partial<Record<Name, string>>,
): Field<Name> {
  const firstWrong = Object.keys(errors)[0]
  return (name, label, attributes) => {
    const error = errors[name]
    const invalid = error !== undefined && html`aria-invalid="true" aria-describedby="${name}-error"`
    const focus = name === firstWrong && 'autofocus'
    return html`<div class="field">
      <label for="${name}">${label}</label>
      <input id="${name}" name="${name}" value="${typed[name]}" ${attributes} ${invalid} ${focus} />
      ${error !== undefined && html`<p class="error" id="${name}-error">${error}</p>`}
    </div>`
  }
}

export function isEmail(text: string): boolean {
  return /^[^@\s]+@[^@\s]+$/.test(text.trim())
}
