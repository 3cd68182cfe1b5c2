// What a sign-in costs at least: argon2id alone, one after the other, for as many milliseconds as the parent asks.
import { hash, verify } from '@node-rs/argon2'
import { parameters, PASSWORD } from './password.ts'

const stored = await hash(PASSWORD, parameters)

// Nothing else keeps this process: see end-with-parent.ts.
process.channel?.ref()
process.on('message', ({ milliseconds }: { milliseconds: number }) => void verifyFor(milliseconds))
process.send?.('ready')

async function verifyFor(milliseconds: number) {
  const end = performance.now() + milliseconds
  let verified = 0
  for (; performance.now() < end; verified++) await verify(stored, PASSWORD)
  process.send?.(verified)
}
