/** What one benchmark found: figures of one run, to be compared with each other and not with another machine's. */
export interface Result {
  title: string
  /** What was compared with what, in a sentence or two. */
  about: string
  rows: Record<string, Record<string, string | number>>
}

export function median(values: readonly number[]): number {
  return percentile(values, 50)
}

export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))]
  if (value === undefined) throw new Error('Nothing was measured.')
  return value
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
