import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'

const KEPT = 500
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
const SENDING = /^\/emails(\/batch)?$/

/** A request that sent mails, and the ids it was answered with. */
const Entry = z.object({ path: z.string(), key: z.string(), body: z.string(), ids: z.array(z.string()) })
type Entry = z.infer<typeof Entry>

export interface Journal {
  record(request: Omit<Entry, 'ids'>, answer: string): Promise<void>
  /** Translates ids as our callers know them to the emulator's. */
  toEmulator(text: string): string
  /** And back. */
  fromEmulator(text: string): string
}

/**
 * What was sent, a line each. At a start the emulator is sent all of it again and gives out new ids:
 * our callers keep the first ones, because a delivery log may hold them.
 */
export async function openJournal(file: string | undefined, emulatorUrl: string): Promise<Journal> {
  const toEmulator = new Map<string, string>()
  const fromEmulator = new Map<string, string>()
  const kept = file === undefined ? [] : await readEntries(file)
  for (const entry of kept) {
    const ids = readIds(await send(entry, emulatorUrl))
    entry.ids.forEach((first, index) => {
      const now = ids[index]
      if (now === undefined) return
      toEmulator.set(first, now)
      fromEmulator.set(now, first)
    })
  }
  if (file !== undefined) await rewrite(file, kept)

  return {
    async record(request, answer) {
      if (file === undefined || !SENDING.test(request.path)) return
      await appendFile(
        file,
        `${JSON.stringify({ ...request, ids: readIds(answer).map((id) => fromEmulator.get(id) ?? id) })}\n`,
      )
    },
    toEmulator: (text) => text.replace(UUID, (id) => toEmulator.get(id) ?? id),
    fromEmulator: (text) => text.replace(UUID, (id) => fromEmulator.get(id) ?? id),
  }
}

async function send({ path, key, body }: Entry, emulatorUrl: string): Promise<string> {
  const headers = { 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) }
  const response = await fetch(new URL(path, emulatorUrl), { method: 'POST', headers, body })
  return response.text()
}

function readIds(answer: string): string[] {
  const body = JSON.parse(answer) as { id?: string; data?: { id: string }[] }
  return body.data?.map(({ id }) => id) ?? (body.id === undefined ? [] : [body.id])
}

async function readEntries(file: string): Promise<Entry[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const lines = text.split('\n').filter(Boolean).slice(-KEPT)
  // A line cut short by a crash is a mail whose sender got no answer and sends again.
  return lines.flatMap((line) => parseLine(line) ?? [])
}

function parseLine(line: string): Entry | undefined {
  try {
    return Entry.parse(JSON.parse(line))
  } catch {
    return undefined
  }
}

async function rewrite(file: string, entries: Entry[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
  await rename(`${file}.new`, file)
}
