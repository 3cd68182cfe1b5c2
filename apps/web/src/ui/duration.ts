const minute = 60
const hour = 60 * minute

/** How long to wait, rounded up: to the second within two minutes, to the minute within two hours. */
export function duration(seconds: number): string {
  if (seconds < 2 * minute) return count(Math.ceil(seconds), 'second')
  if (seconds < 2 * hour) return count(Math.ceil(seconds / minute), 'minute')
  return count(Math.ceil(seconds / hour), 'hour')
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`
}
