import { capitalized, inWords } from '../../ui/in-words.ts'

/** Where a name of the code would say too little. */
const told: Record<string, string> = {
  'webhook.lost': 'A webhook that never came',
  'customer.unknown': 'A customer that nobody here knows',
}

/** Of what only one of the two has. */
const missing: Record<string, string> = {
  unknown: 'that was missing here',
  gone: 'that the provider does not have',
}

/** `subscription.cancelAtPeriodEnd`: "Subscription, cancel at period end". */
export function driftWords(what: string): string {
  if (Object.hasOwn(told, what)) return told[what] as string
  const [kind = '', fact = ''] = what.split('.')
  const subject = capitalized(kind)
  if (Object.hasOwn(missing, fact)) return `${subject} ${missing[fact]}`
  return fact === '' ? subject : `${subject}, ${inWords(fact)}`
}
