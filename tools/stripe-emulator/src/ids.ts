import { randomBytes } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Random and of Stripe's length, such as `cus_` and 14 characters, `cs_test_` and 58. */
export function newId(prefix: string): string {
  return `${prefix}_${randomText(lengths[prefix] ?? 24)}`
}

export function randomText(length: number): string {
  let text = ''
  while (text.length < length) {
    const byte = nextByte()
    // 248 is the largest multiple of 62 in a byte: what lies above would favour the first letters.
    if (byte < 248) text += alphabet.charAt(byte % 62)
  }
  return text
}

/** To ask the system for each id by itself takes longer than to make the object. */
let pool = randomBytes(4096)
let used = 0

function nextByte(): number {
  if (used === pool.length) [pool, used] = [randomBytes(pool.length), 0]
  return pool[used++] ?? 0
}

const lengths: Record<string, number> = { cus: 14, prod: 14, si: 14, req: 14, cs_test: 58, whsec: 32 }
