import type { Rule } from './form.tsx'

/** Loose on purpose: only the mail that arrives proves an address. */
export const emailRule: Rule = (value) =>
  /^[^\s@]+@[^\s@]+$/.test(value.trim()) ? undefined : 'This does not look like an e-mail address.'
