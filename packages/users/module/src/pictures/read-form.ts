import type { MIMEType } from 'node:util'
import { Busboy } from '@fastify/busboy'
import { refused } from './refusals.ts'

/** Bytes of a form around its file, at most. */
export const FORM_FRAME = 4 * 1024

interface FormFile {
  name: string
  type: string
  bytes: Buffer
}

/** The one file of a form (RFC 7578), and what it is said to be. Its name is used for nothing; one with a path is refused. */
export async function readForm(body: Buffer, mime: MIMEType): Promise<FormFile> {
  const boundary = mime.params.get('boundary') ?? ''
  // Where a part begins, and where the last one ends: counted, so that nobody has a hundred thousand parts parsed.
  if (boundary === '' || countOf(`--${boundary}`, body) !== 2) throw notOneFile()
  const file = await parse(body, mime)
  if (!file) throw notOneFile()
  if (!isPlain(file.name)) throw refused('A file is sent under its own name, without where it comes from.')
  return file
}

async function parse(body: Buffer, mime: MIMEType): Promise<FormFile | undefined> {
  try {
    return await new Promise((resolve, reject) => {
      let found: FormFile | undefined
      const parser = new Busboy({ headers: { 'content-type': mime.toString() }, preservePath: true })
      parser.on('file', (_field, stream, name, _encoding, type) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => (found = { name, type, bytes: Buffer.concat(chunks) }))
        stream.on('error', reject)
      })
      parser.on('error', reject)
      parser.on('finish', () => resolve(found))
      parser.end(body)
    })
  } catch (error) {
    throw refused('The form could not be read.', error)
  }
}

/** Stops at three. */
function countOf(text: string, body: Buffer): number {
  let count = 0
  for (let at = body.indexOf(text); at !== -1 && count < 3; at = body.indexOf(text, at + text.length)) count += 1
  return count
}

function isPlain(name: string): boolean {
  return name !== '.' && name !== '..' && !/[/\\\p{Cc}]/u.test(name)
}

function notOneFile() {
  return refused('Send a form with one file and nothing else.')
}
