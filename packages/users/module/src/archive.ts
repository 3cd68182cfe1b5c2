import { open, rm, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { newId } from '@lightpress/kernel'
import { ZipFile } from 'yazl'

export interface Archive {
  /** Resolves once all of it was read, which is no faster than it is written. */
  add(path: string, content: AsyncIterable<string | Uint8Array>): Promise<void>
}

/** Writes a ZIP as its content comes, one entry after the other, with no more of it in memory than is on its way. */
export async function writeArchive(
  write: (archive: Readable) => Promise<void>,
  fill: (archive: Archive) => Promise<void>,
): Promise<void> {
  const zip = new ZipFile()
  const output = zip.outputStream.pipe(new PassThrough())
  const written = write(output)
  let failure: Error | undefined
  let current: Readable | undefined
  // What cannot be written ends what is being read for it. What cannot be read ends what is being written, further down.
  written.catch((error: Error) => {
    failure = error
    current?.destroy(error)
  })
  zip.on('error', (error: Error) => output.destroy(error))

  const add: Archive['add'] = async (path, content) => {
    if (failure) throw failure
    current = Readable.from(content)
    zip.addReadStream(current, path)
    await finished(current)
  }
  try {
    await fill({ add })
    zip.end()
    await written
  } catch (error) {
    const cause = failure ?? error
    output.destroy()
    await written.catch(() => {})
    throw cause
  }
}

export interface NamelessFile {
  write(content: Readable): Promise<void>
  /** From its beginning. */
  read(): Readable
  /** In bytes. */
  size(): Promise<number>
}

/**
 * Lends a file that has no name any more, so that it is gone with this process, however that ends, and nobody else can
 * open what is in it.
 */
export async function withNamelessFile<T>(work: (file: NamelessFile) => Promise<T>): Promise<T> {
  const path = join(tmpdir(), `lightpress-${newId()}`)
  const file = await open(path, 'wx+', 0o600)
  try {
    await rm(path)
    // No streams of the handle: each would close it at an error, or keep it from being closed.
    return await work({
      write: (content) => file.writeFile(content),
      read: () => Readable.from(chunksOf(file)),
      size: async () => (await file.stat()).size,
    })
  } finally {
    await file.close()
  }
}

const CHUNK = 64 * 1024

async function* chunksOf(file: FileHandle) {
  for (let position = 0; ;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, position)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
    position += bytesRead
  }
}
