/** In fours, as one reads and types it. */
export function inGroups(text: string): string {
  return text.match(/.{1,4}/g)?.join(' ') ?? ''
}
