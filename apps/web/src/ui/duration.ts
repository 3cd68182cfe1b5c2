/** How long to wait, to the second within the hour, then in hours begun. */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole > 3600) return count(Math.ceil(whole / 3600), 'hour')
  const parts = [count(Math.floor(whole / 60), 'minute'), count(whole % 60, 'second')]
  return parts.filter((part) => !part.startsWith('0 ')).join(' ') || count(0, 'second')
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`
}
