import type { InvoiceLine } from '@lightpress/billing-contract'
import { countOf } from './seats.ts'

export function linesInWords(lines: readonly InvoiceLine[]): InvoiceLine[] {
  return lines.map(({ description, amount }) => ({ description: lineWords(description), amount }))
}

/**
 * A line of an invoice in the payment provider's words, with the plural that it does not know: it says "3 seat × Pro".
 * What it says otherwise stays as it is.
 */
export function lineWords(description: string): string {
  return description.replace(/^(\d+) (seat|task) × /, (_, count: string, what: 'seat' | 'task') => {
    return `${countOf(Number(count), what)} × `
  })
}
