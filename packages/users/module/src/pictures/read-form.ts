import type { MIMEType } from 'node:util'
import { refused } from './refusals.ts'

/** Bytes of a form around its file, at most. */
export const FORM_FRAME = 4 * 1024

/** The one file of a form (RFC 7578), and what it is said to be. Its name is used for nothing; one with a path is refused. */
export async function readForm(body: Buffer<ArrayBuffer>, mime: MIMEType): Promise<{ bytes: Buffer; type: string }> {
  const boundary = mime.params.get('boundary') ?? ''
  // Where a part begins, and where the last one ends: counted, so that nobody has a hundred thousand parts parsed.
  if (boundary === '' || countOf(`--${boundary}`, body) !== 2) throw notOneFile()
  const [file, ...more] = (await parse(body, mime)).values()
  if (!(file instanceof File) || more.length > 0) throw notOneFile()
  if (!isPlain(file.name)) throw refused('A file is sent under its own name, without where it comes from.')
  return { bytes: Buffer.from(await file.arrayBuffer()), type: file.type }
}

async function parse(body: Buffer<ArrayBuffer>, mime: MIMEType): Promise<FormData> {
  try {
    return await new Response(body, { headers: { 'content-type': mime.toString() } }).formData()
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
