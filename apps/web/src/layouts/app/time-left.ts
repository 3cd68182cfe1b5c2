/** "Ends in 42 min.", in whole minutes begun. */
export function timeLeft(endsAt: string, now: number): string {
  const minutes = Math.ceil((Date.parse(endsAt) - now) / 60_000)
  return minutes > 0 ? `Ends in ${minutes} min.` : 'It is over.'
}
