/** How long a key is good for, as it can be chosen. */
export const expiryChoices = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'One year' },
  { value: 'date', label: 'Until a date…' },
  { value: 'never', label: 'Never expires' },
] as const

const day = 86_400_000

/** When it ends, or null for never. A date counts to its end, in the zone of the browser that it is typed into. */
export function expiryOf(choice: string, date: string, now: Date): string | null {
  if (choice === 'never') return null
  if (choice !== 'date') return new Date(now.getTime() + Number(choice) * day).toISOString()
  return endOf(date).toISOString()
}

/** What is wrong with a date that a key is to end on, in a sentence; undefined for a good one. */
export function dateFault(date: string, now: Date): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return 'Choose a date.'
  return endOf(date) > now ? undefined : 'This day is over. Choose a later one.'
}

function endOf(date: string): Date {
  const [year = 0, month = 1, dayOfMonth = 1] = date.split('-').map(Number)
  return new Date(year, month - 1, dayOfMonth, 23, 59, 59)
}
