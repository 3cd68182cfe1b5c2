import { personRule } from '../../ui/person-rule.ts'
import type { Filter } from './filter.ts'
import { auditActions } from './words.ts'

const isPerson = (text: string) => text === '' || personRule(text, {}) === undefined
const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text)

/** The filter that an address asks for. What the form could not have written there is left out. */
export function parseFilter({ person, action, from, until, impersonated }: Filter): Filter {
  return {
    person: where(person, isPerson),
    action: where(action, (value) => auditActions.some((one) => one.value === value)),
    from: where(from, isDay),
    until: where(until, isDay),
    impersonated: where(impersonated, (value) => value === 'true'),
  }
}

function where(value: string | undefined, isRight: (value: string) => boolean): string | undefined {
  return value !== undefined && isRight(value) ? value : undefined
}
