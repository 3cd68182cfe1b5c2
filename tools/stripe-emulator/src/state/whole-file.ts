import { createReadStream } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Written beside the old one, then renamed over it: whatever happens meanwhile, one of them is there, and whole. */
export async function writeWhole(file: string, pieces: readonly Uint8Array[]): Promise<void> {
  const folder = dirname(file)
  await mkdir(folder, { recursive: true })
  const draft = await open(`${file}.tmp`, 'w')
  try {
    await draft.writeFile(pieces)
    await draft.sync()
  } finally {
    await draft.close()
  }
  await rename(`${file}.tmp`, file)
  await syncFolder(folder)
}

/** Without it the new name may be lost with the power. Windows opens no folders, and needs no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const opened = await open(folder)
  try {
    await opened.sync()
  } finally {
    await opened.close()
  }
}

/** Between line feeds and nothing else: what `readline` also takes for an end of line may stand within JSON. */
export async function* linesOf(file: string): AsyncGenerator<string, void> {
  let begun = ''
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1_000_000 })) {
    const [end = '', ...others] = String(chunk).split('\n')
    begun += end
    for (const line of others) {
      yield begun
      begun = line
    }
  }
  if (begun !== '') yield begun
}
