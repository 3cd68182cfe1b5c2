import { request as httpRequest } from 'node:http'
import { once } from 'node:events'
import { connect } from 'node:net'
import { MAX_IMAGE_BYTES } from '@lightpress/users-contract'
import { eq, or } from 'drizzle-orm'
import { file } from '../src/schema.ts'
import { openPlace, type Kind } from './storage-support.ts'
import { startUsers } from './support.ts'

export type PictureWorld = Awaited<ReturnType<typeof openPictureWorld>>

/** The module on a real database and a storage of this kind, and what lies in both. */
export async function openPictureWorld(kind: Kind, env: Record<string, string> = {}) {
  const place = await openPlace(kind)
  const app = await startUsers({ env: { STORAGE_URL: place.url, ...env } })
  const { db } = app.contextFor('users')
  return {
    ...app,
    place,
    /** Sends it as a person; what comes back, its body read. */
    async send(path: string, init: RequestInit & { token?: string }) {
      const { token, ...rest } = init
      const headers = new Headers(rest.headers)
      if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
      const response = await fetch(new URL(path, app.baseUrl), { method: 'POST', ...rest, headers })
      const body = (await response.json().catch(() => ({}))) as Record<string, unknown>
      return { status: response.status, headers: response.headers, body, reason: body.reason }
    },
    rowsOf: (whose: string) =>
      db
        .select()
        .from(file)
        .where(or(eq(file.userId, whose), eq(file.organizationId, whose))),
    async close() {
      await app.close()
      await place.close()
    },
  }
}

/** A form with these files, written by hand: a browser would not send some of these names. */
export function formOf(files: { name: string; type?: string; bytes: Buffer }[]) {
  const boundary = '----LightpressForm'
  const parts = files.flatMap(({ name, type, bytes }) => [
    Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n`, 'latin1'),
    Buffer.from(type === undefined ? '\r\n' : `content-type: ${type}\r\n\r\n`),
    bytes,
    Buffer.from('\r\n'),
  ])
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
  }
}

/** Says that a body of this length comes, and sends none of it. What comes back, until the connection is closed. */
export async function announceBody(url: string, { token, length }: { token: string; length: number }): Promise<string> {
  const { hostname, port, pathname, host } = new URL(url)
  const socket = connect(Number(port), hostname)
  const head = [
    `POST ${pathname} HTTP/1.1`,
    `host: ${host}`,
    `authorization: Bearer ${token}`,
    'content-type: image/png',
    `content-length: ${length}`,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  let answer = ''
  socket.on('data', (text: Buffer) => (answer += text.toString()))
  await once(socket, 'close')
  return answer
}

/** Sends a body that says no length and does not end. How the answer was, and how many bytes were taken until it came. */
export async function pourBody(url: string, { token, type }: { token: string; type: string }) {
  const request = httpRequest(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': type, 'transfer-encoding': 'chunked' },
  })
  let sent = 0
  let over = false
  const closed = new Promise<void>((resolve) => request.on('close', resolve))
  const answer = new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
    request.on('response', (response) => {
      over = true
      response.resume()
      resolve({ status: response.statusCode, connection: response.headers.connection })
    })
    request.on('error', (error) => (over ? undefined : reject(error)))
  })
  const chunk = Buffer.alloc(64 * 1024, 1)
  while (!over && sent < 20 * MAX_IMAGE_BYTES) {
    await new Promise<void>((resolve) => request.write(chunk, () => resolve()))
    sent += chunk.length
  }
  const said = await answer
  request.destroy()
  await closed
  return { ...said, sent }
}
