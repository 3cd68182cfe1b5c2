export interface PasswordRule {
  label: string
  met: boolean
}

const shortestPassword = 12

/** What a password must be, and whether it is. Length is what makes one strong; the rest closes the obvious holes. */
export function passwordRules(password: string, personal: readonly string[] = []): PasswordRule[] {
  const known = personal
    .flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u))
    .filter((word) => word.length > 3)
  const lower = password.toLowerCase()
  return [
    { label: `${shortestPassword} characters or more`, met: [...password].length >= shortestPassword },
    {
      label: 'Not your name, not your address',
      met: password !== '' && !known.some((word) => lower.includes(word)),
    },
    { label: 'Not one character over and over', met: new Set(password).size > 4 },
  ]
}

/** The first rule that is broken, as a sentence for the field. */
export function passwordError(password: string, personal: readonly string[] = []): string | undefined {
  const broken = passwordRules(password, personal).find((rule) => !rule.met)
  return broken && `Choose another one: ${broken.label.toLowerCase()}.`
}
