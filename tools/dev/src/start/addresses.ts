import { readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { freePort, isPortFree } from '@lightpress/local'

const Person = z.object({ email: z.string(), password: z.string(), role: z.string() })

/** The addresses of everything, as `.data/dev.json` holds them for programs. */
const Addresses = z.object({
  web: z.string(),
  docs: z.string(),
  mailbox: z.string().nullable(),
  stripe: z.string().nullable(),
  /** Every mail that the product can send. */
  mails: z.string().nullable().default(null),
  queues: z.string().nullable(),
  people: z.array(Person),
})
export type Addresses = z.infer<typeof Addresses>

/** What the last start wrote, if it can be read. */
export function readAddresses(file: string): Addresses | undefined {
  try {
    return Addresses.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}

export function writeAddresses(file: string, addresses: Addresses): void {
  writeFileSync(file, `${JSON.stringify(addresses, null, 2)}\n`)
}

/** The port of the last start where it is still free, so that open tabs and stored links stay good. */
export async function sameOrFreePort(last: string | null | undefined): Promise<number> {
  const port = last ? Number(new URL(last).port) : 0
  return port > 0 && (await isPortFree(port)) ? port : freePort()
}
