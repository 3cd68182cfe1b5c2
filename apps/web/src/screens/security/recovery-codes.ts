/** From here on it is time to make new ones. */
export function fewCodes(left: number | null): boolean {
  return left !== null && left <= 2
}

/** The file that is kept: whose codes, what for, from when. */
export function codesAsText(codes: readonly string[], { email, at }: { email: string; at: Date }): string {
  return [
    `Lightpress recovery codes of ${email}`,
    `Made on ${at.toISOString().slice(0, 10)}. Each works once, in place of your app or passkey.`,
    '',
    ...codes,
    '',
  ].join('\n')
}
