import { randomBytes } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Random and of Stripe's length, such as `cus_` and 14 characters, `cs_test_` and 58. */
export function newId(prefix: string): string {
  return `${prefix}_${randomText(lengths[prefix] ?? 24)}`
}

export function randomText(length: number): string {
  // 248 is the largest multiple of 62 in a byte: what lies above would favour the first letters.
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length)) if (byte < 248 && text.length < length) text += alphabet.charAt(byte % 62)
  }
  return text
}

const lengths: Record<string, number> = { cus: 14, prod: 14, si: 14, req: 14, cs_test: 58, whsec: 32 }
