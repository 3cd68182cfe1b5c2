import type { Rule } from './form.tsx'
import { emailRule } from './email-rule.ts'

const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Somebody by their address or by their id. */
export const personRule: Rule = (value, values) =>
  id.test(value.trim()) || emailRule(value, values) === undefined
    ? undefined
    : 'This is neither an e-mail address nor an id.'
