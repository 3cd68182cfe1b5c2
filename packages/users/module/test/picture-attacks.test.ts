import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { until } from '@lightpress/testing'
import { MAX_IMAGE_BYTES } from '@lightpress/users-contract'
import { file } from '../src/schema.ts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { bomb, png } from './picture-support.ts'
import { announceBody, formOf, openPictureWorld, pourBody, type PictureWorld } from './picture-world.ts'
import { kinds } from './storage-support.ts'

const AVATAR = '/v1/users/me/avatar'
const image = { 'content-type': 'image/png' }

describe.each(kinds)('whoever attacks a storage by pictures: %s', (kind) => {
  let world: PictureWorld
  let person: Awaited<ReturnType<PictureWorld['createPerson']>>
  let token: string
  beforeAll(async () => {
    world = await openPictureWorld(kind)
    person = await world.createPerson()
    token = world.token({ userId: person.userId })
  })
  afterAll(() => world.close())
  // Whatever was sent: there is nothing of it, anywhere.
  afterEach(async () => {
    const rows = () => world.contextFor('users').db.select().from(file)
    await until(
      async () => [await world.place.names(), await rows()],
      (left) => left.flat().length === 0,
    )
    expect((await person.client.getMe()).avatarUrl).toBeNull()
  })

  const sendForm = (files: Parameters<typeof formOf>[0]) => world.send(AVATAR, { token, ...formOf(files) })

  it('lies about the type', async () => {
    for (const type of [
      'image/jpeg',
      'text/html',
      'image/svg+xml',
      'application/x-www-form-urlencoded',
      'text/plain',
    ]) {
      const answer = await world.send(AVATAR, {
        token,
        headers: { 'content-type': type },
        body: new Uint8Array(await png()),
      })
      expect(answer, type).toMatchObject({ status: 400, reason: 'users.image_refused' })
    }
    expect(await sendForm([{ name: 'a.png', type: 'image/gif', bytes: await png() }])).toMatchObject({
      status: 400,
      reason: 'users.image_refused',
    })
    const page = Buffer.from('<html><script>alert(1)</script></html>')
    expect(await sendForm([{ name: 'a.png', type: 'image/png', bytes: page }])).toMatchObject({
      status: 400,
      reason: 'users.image_refused',
    })
  })

  it('sends what unpacks to 400 million pixels', async () => {
    const bytes = new Uint8Array(bomb(20_000))
    expect(await world.send(AVATAR, { token, headers: image, body: bytes })).toMatchObject({
      status: 400,
      reason: 'users.image_refused',
    })
  })

  it.each(['../x.png', '..\\x.png', 'a/b.png', '/etc/passwd', 'C:\\x.png', 'a\0.png', '..', '.'])(
    'sends a path for a name: %j',
    async (name) => {
      const answer = await sendForm([{ name, type: 'image/png', bytes: await png() }])
      expect(answer).toMatchObject({ status: 400, reason: 'users.image_refused' })
    },
  )

  it('sends more than one file, or none, or a form that is none', async () => {
    const bytes = await png()
    const one = { name: 'a.png', type: 'image/png', bytes }
    const forms = [
      formOf([one, one]),
      formOf([]),
      formOf(Array.from({ length: 5_000 }, () => ({ name: 'a', bytes: Buffer.alloc(0) }))),
      { headers: { 'content-type': 'multipart/form-data' }, body: formOf([one]).body },
      { headers: { 'content-type': 'multipart/form-data; boundary=other' }, body: formOf([one]).body },
      { headers: formOf([one]).headers, body: formOf([one]).body.subarray(0, 200) },
      { headers: formOf([one]).headers, body: Buffer.alloc(0) },
      textForm(),
    ]
    for (const form of forms)
      expect(await world.send(AVATAR, { token, ...form })).toMatchObject({ status: 400, reason: 'users.image_refused' })
  })

  it('sends nothing, or nothing that is asked for', async () => {
    expect(await world.send(AVATAR, { token })).toMatchObject({ status: 400, reason: 'users.image_refused' })
    expect(await world.send(AVATAR, { token, headers: image, body: '' })).toMatchObject({ status: 400 })
    const json = { 'content-type': 'application/json' }
    for (const body of ['{}', '{"uploadId":"x"}', '{"uploadId":null}', '[]', '"a"', '{'])
      expect(await world.send(AVATAR, { token, headers: json, body }), body).toMatchObject({ status: 400 })
  })

  it('sends a picture of more than 5 MiB, in whichever way', async () => {
    const large = new Uint8Array(MAX_IMAGE_BYTES + 1)
    const tooLarge = { status: 413, reason: 'users.image_too_large' }
    expect(await world.send(AVATAR, { token, headers: image, body: large })).toMatchObject(tooLarge)
    expect(await sendForm([{ name: 'a.png', type: 'image/png', bytes: Buffer.from(large) }])).toMatchObject(tooLarge)
    await expect(
      person.client.startUpload({ contentType: 'image/png', size: MAX_IMAGE_BYTES + 1 }),
    ).rejects.toMatchObject({ reason: 'request.invalid' })
  })

  it('announces 4 GB: refused before any of it is read, and the connection ends', async () => {
    const answer = await announceBody(world.baseUrl + AVATAR, { token, length: 4 * 1024 ** 3 })
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toMatch(/^connection: close\r$/im)
    expect(answer).toContain('users.image_too_large')
    const unknown = await announceBody(world.baseUrl + AVATAR, { token: 'nobody', length: 4 * 1024 ** 3 })
    expect(unknown).toMatch(/^HTTP\/1\.1 401 /)
    expect(unknown).toMatch(/^connection: close\r$/im)
  })

  it.each(['image/png', 'multipart/form-data; boundary=x'])(
    'pours bytes without end and without saying how many, as %s',
    async (type) => {
      const { status, connection, sent } = await pourBody(world.baseUrl + AVATAR, { token, type })
      expect([status, connection]).toEqual([413, 'close'])
      // What is on its way in buffers of the two ends is not counted by the process.
      expect(sent).toBeLessThan(4 * MAX_IMAGE_BYTES)
    },
  )

  it('is nobody, or somebody who does not exist any more', async () => {
    const body = new Uint8Array(await png())
    expect(await world.send(AVATAR, { headers: image, body })).toMatchObject({ status: 401 })
    const gone = world.token({ userId: crypto.randomUUID() })
    expect(await world.send(AVATAR, { token: gone, headers: image, body })).toMatchObject({ status: 404 })
  })
})

describe.each(kinds)('an address to upload to: %s', (kind) => {
  let world: PictureWorld
  beforeAll(async () => {
    world = await openPictureWorld(kind)
  })
  afterAll(() => world.close())

  async function begin() {
    const bytes = await png()
    const person = await world.createPerson()
    const upload = await person.client.startUpload({ contentType: 'image/png', size: bytes.length })
    const put = async (url: string, { type = 'image/png', body = bytes } = {}) =>
      world.send(new URL(url, world.baseUrl).href, {
        method: 'PUT',
        headers: { 'content-type': type },
        body: new Uint8Array(body),
      })
    return { bytes, person, put, ...upload }
  }

  if (kind === 's3')
    it('of ours takes nothing, since the storage does', async () => {
      const { uploadId, put } = await begin()
      const query = new URLSearchParams({
        expires: String(Date.now() + 60_000),
        signature: createHash('sha256').update('a guess').digest('base64url'),
      })
      const answer = await put(`/v1/users/uploads/${uploadId}?${query.toString()}`)
      expect(answer).toMatchObject({ status: 404, reason: 'users.upload_not_found' })
      expect(await world.place.names()).toEqual([])
    })

  if (kind === 'disk') {
    it('takes what it was made for, once', async () => {
      const { uploadId, url, put } = await begin()
      expect(await put(url)).toMatchObject({ status: 200, body: { status: 'received' } })
      expect(await world.place.names()).toEqual([`${uploadId}.upload`])
      expect(await put(url)).toMatchObject({ status: 404, reason: 'users.upload_not_found' })
      await world.place.storage.remove(`${uploadId}.upload`)
    })

    it('takes nothing else', async () => {
      const { url, uploadId, bytes, put } = await begin()
      const other = await begin()
      const changed = (change: (query: URLSearchParams) => void) => {
        const made = new URL(url, world.baseUrl)
        change(made.searchParams)
        return made.href
      }
      const later = changed((query) => query.set('expires', String(Date.now() + 3_600_000)))
      const unsigned = changed((query) => query.set('signature', ''))
      const guessed = changed((query) => query.set('signature', 'A'.repeat(43)))
      for (const wrong of [later, unsigned, guessed, url.replace(uploadId, other.uploadId)])
        expect(await put(wrong), wrong).toMatchObject({ status: 404, reason: 'users.upload_not_found' })
      expect(await put(changed((query) => query.delete('signature')))).toMatchObject({ status: 400 })
      expect(await put(url, { type: 'image/gif' })).toMatchObject({ status: 404 })
      expect(await put(url, { body: Buffer.concat([bytes, bytes]) })).toMatchObject({ status: 404 })
      expect(await put(url, { body: bytes.subarray(1) })).toMatchObject({ status: 404 })
      expect(await world.place.names()).toEqual([])
    })

    it('takes nothing when its time is over, or what was to come was given up', async () => {
      const { url, uploadId, put } = await begin()
      const { db } = world.contextFor('users')
      await db.update(file).set({ state: 'doomed' })
      expect(await put(url)).toMatchObject({ status: 404, reason: 'users.upload_not_found' })

      const { storage } = world.contextFor('users') as unknown as { storage: PictureWorld['place']['storage'] }
      const expiresAt = new Date(Date.now() - 1)
      const past = await storage.signPut(`${uploadId}.upload`, { contentType: 'image/png', size: 10, expiresAt })
      expect(await put(past.url, { body: Buffer.alloc(10) })).toMatchObject({ status: 404 })
      expect(await world.place.names()).toEqual([])
    })

    it('leaves nothing of a body that breaks off', async () => {
      const { url, bytes } = await begin()
      const { host, hostname, port, pathname, search } = new URL(url, world.baseUrl)
      const socket = connect(Number(port), hostname)
      socket.write(
        `PUT ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: image/png\r\ncontent-length: ${bytes.length}\r\n\r\n`,
      )
      socket.write(bytes.subarray(0, bytes.length - 1))
      await until(
        () => world.place.names(),
        (names) => names.length === 1,
      )
      socket.destroy()
      await until(
        () => world.place.names(),
        (names) => names.length === 0,
      )
    })
  }
})

function textForm() {
  const data = '--x\r\ncontent-disposition: form-data; name="file"\r\n\r\nnot a file\r\n--x--\r\n'
  return { headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: Buffer.from(data) }
}
