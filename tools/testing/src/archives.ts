import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { fromBuffer, type Entry, type ZipFile } from 'yauzl'

export interface Manifest {
  version: number
  about: string
  subject: { kind: string; id: string; name: string }
  files: { path: string; module: string; name: string; rows: number | null }[]
}

/** What is in a ZIP, by path; throws for one that is not whole. */
export async function unzip(bytes: Uint8Array): Promise<Map<string, Buffer>> {
  const zip = await promisify(openBuffer)(Buffer.from(bytes))
  const files = new Map<string, Buffer>()
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject)
    zip.on('end', resolve)
    zip.on('entry', (entry: Entry) => {
      zip.openReadStream(entry, (error, stream) => {
        if (error) return reject(error)
        buffer(stream).then((content) => {
          if (files.has(entry.fileName)) return reject(new Error(`${entry.fileName} is in it twice`))
          files.set(entry.fileName, content)
          zip.readEntry()
        }, reject)
      })
    })
    zip.readEntry()
  })
  return files
}

export function jsonIn<T>(files: Map<string, Buffer>, path: string): T {
  const found = files.get(path)
  if (!found) throw new Error(`There is no ${path} but ${[...files.keys()].join(', ')}`)
  return JSON.parse(found.toString('utf8')) as T
}

function openBuffer(bytes: Buffer, done: (error: Error | null, zip: ZipFile) => void) {
  fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: true }, done)
}
