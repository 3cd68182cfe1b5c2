/** For how many hours an old secret can sign beside the new one. */
export const overlapChoices = [
  { value: '0', label: 'Not at all' },
  { value: '1', label: 'For an hour' },
  { value: '24', label: 'For a day' },
  { value: '72', label: 'For three days' },
  { value: '168', label: 'For a week' },
] as const

/** What that means for the server that checks signatures. */
export function overlapWords(hours: number): string {
  if (hours === 0)
    return 'Your server refuses what we send until it knows the new secret; we send that again later. For a secret that somebody else has.'
  return 'Each request carries both signatures meanwhile, so nothing is refused. Give your server the new secret in that time.'
}
