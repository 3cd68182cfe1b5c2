export interface PasswordRule {
  label: string
  met: boolean
}

const shortestPassword = 12

/**
 * What a password must be, and whether it is. Length is what makes one strong; the rest closes the obvious holes, as
 * far as one sees without the server, which guesses better and has the last word. What is `personal` is looked for only
 * where it is known: at a reset it is not, and a rule that nobody has checked must not look met.
 */
export function passwordRules(password: string, personal?: readonly string[]): PasswordRule[] {
  const long = { label: `${shortestPassword} characters or more`, met: [...password].length >= shortestPassword }
  const varied = { label: 'Not the same over and over', met: password !== '' && !/^(.{1,4}?)\1+$/su.test(password) }
  if (!personal) return [long, varied]
  const known = new Set(personal.flatMap((text) => wordsOf(text.split('@')[0] ?? '')).filter((word) => word.length > 3))
  const own = wordsOf(password).some((word) => known.has(word))
  return [long, { label: 'Not your name, not your address', met: password !== '' && !own }, varied]
}

/** Whole words: somebody called Bell may well write of bellflowers. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/[^\p{L}]+/u)
}

/** The first rule that is broken, as a sentence for the field. */
export function passwordError(password: string, personal?: readonly string[]): string | undefined {
  const broken = passwordRules(password, personal).find((rule) => !rule.met)
  return broken && `Choose another one: ${broken.label.toLowerCase()}.`
}
