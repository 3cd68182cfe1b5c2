import { setTimeout } from 'node:timers/promises'
import { newId } from '@lightpress/kernel'
import { until } from '@lightpress/testing'
import { eq } from 'drizzle-orm'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { activity, file, membership } from '../src/schema.ts'
import { draw, png, sidesOf } from './picture-support.ts'
import { formOf, openPictureWorld, type PictureWorld } from './picture-world.ts'
import { kinds } from './storage-support.ts'

const AVATAR = '/v1/users/me/avatar'
const json = { 'content-type': 'application/json' }

describe.each(kinds)('pictures in a storage: %s', (kind) => {
  let world: PictureWorld
  let person: Awaited<ReturnType<PictureWorld['createPerson']>>
  let token: string
  beforeAll(async () => {
    world = await openPictureWorld(kind)
  })
  afterAll(() => world.close())
  beforeEach(async () => {
    person = await world.createPerson()
    token = world.token({ userId: person.userId, organizationId: person.organizationId, role: 'owner' })
  })

  /** Uploads and says which upload it was. */
  async function upload(bytes: Buffer, contentType: 'image/png' | 'image/jpeg' = 'image/png'): Promise<string> {
    const { uploadId, url, method, headers } = await person.client.startUpload({ contentType, size: bytes.length })
    const answer = await fetch(new URL(url, world.baseUrl), { method, headers, body: new Uint8Array(bytes) })
    expect(answer.status).toBe(200)
    return uploadId
  }

  const setTo = (uploadId: string) => world.send(AVATAR, { token, headers: json, body: JSON.stringify({ uploadId }) })

  const nameOf = (url: unknown) => String(url).split('/').at(-1) ?? ''

  /** Waits until the storage and the table hold these files of somebody and no others. */
  async function holdsOnly(whose: string, names: string[]) {
    const rows = await until(
      () => world.rowsOf(whose),
      (found) => found.every((row) => row.state === 'live' || row.kind === 'upload'),
    )
    expect(rows.filter(({ state }) => state === 'live').map(({ name }) => name)).toEqual(names)
    // Of an upload the row stays until nobody can put anything there any more.
    for (const { state, name } of rows.filter((row) => row.kind === 'upload')) {
      expect(state).toBe('doomed')
      await until(
        () => world.place.storage.size(name),
        (size) => size === null,
      )
    }
    for (const name of names) expect(await world.place.storage.size(name)).toBeGreaterThan(0)
  }

  it.each(['as the body', 'in a form', 'uploaded before'])('are taken %s', async (way) => {
    const bytes = await png()
    const answer =
      way === 'as the body'
        ? await world.send(AVATAR, { token, headers: { 'content-type': 'image/png' }, body: new Uint8Array(bytes) })
        : way === 'in a form'
          ? await world.send(AVATAR, { token, ...formOf([{ name: 'ada.png', type: 'image/png', bytes }]) })
          : await setTo(await upload(bytes))
    expect(answer).toMatchObject({ status: 200, body: { id: person.userId } })
    expect((await person.client.getMe()).avatarUrl).toBe(answer.body.avatarUrl)
    await holdsOnly(person.userId, [nameOf(answer.body.avatarUrl)])
  })

  it('are taken from a browser, in a form of a page of ours and of no other', async () => {
    const data = new FormData()
    data.set('file', new File([new Uint8Array(await png())], 'Bild von Ada.png', { type: 'image/png' }))
    const cookie = `lightpress_access=${token}`
    for (const origin of ['https://evil.example', 'null', undefined]) {
      const headers = { cookie, ...(origin !== undefined && { origin }) }
      const refused = await world.send(AVATAR, { headers, body: data })
      expect(refused).toMatchObject({ status: 403, reason: 'request.cross_origin' })
    }
    expect(await world.rowsOf(person.userId)).toEqual([])
    const taken = await world.send(AVATAR, { headers: { cookie, origin: world.baseUrl }, body: data })
    expect(taken.status).toBe(200)
  })

  it('are shown to everybody, as WebP, and kept for a day by whoever was shown them', async () => {
    const { body } = await setTo(await upload(await png()))
    const url = new URL(String(body.avatarUrl), world.baseUrl)
    const shown = await fetch(url)
    expect(shown.status).toBe(200)
    expect(Object.fromEntries(shown.headers)).toMatchObject({
      'content-type': 'image/webp',
      'cache-control': 'public, max-age=86400',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'none'") as string,
    })
    const bytes = Buffer.from(await shown.arrayBuffer())
    expect(shown.headers.get('content-length')).toBe(String(bytes.length))
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: 512, height: 512 })
    expect(await sidesOf(bytes)).toEqual(['red', 'blue'])

    const again = await fetch(url, { headers: { 'if-none-match': shown.headers.get('etag') ?? '' } })
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', shown.headers.get('etag')])
    const other = await fetch(url, { headers: { 'if-none-match': '"another"' } })
    expect([other.status, (await other.arrayBuffer()).byteLength]).toEqual([200, bytes.length])
  })

  it('that there are not, or that are none, are not shown', async () => {
    const waiting = await person.client.startUpload({ contentType: 'image/png', size: 10 })
    for (const name of [
      `${newId()}.webp`,
      `${waiting.uploadId}.upload`,
      `${newId()}.zip`,
      'x.webp',
      '..%2f..%2fetc%2fpasswd',
      'partial',
    ]) {
      const answer = await world.send(`/v1/users/images/${name}`, { method: 'GET' })
      expect(answer, name).toMatchObject({ status: 404, reason: 'users.image_not_found' })
      expect(answer.headers.get('cache-control')).toBe('no-store')
    }
  })

  it('have a new name each time, and the old one goes', async () => {
    const first = await setTo(await upload(await png()))
    const second = await setTo(await upload(await png()))
    expect(second.body.avatarUrl).not.toBe(first.body.avatarUrl)
    await holdsOnly(person.userId, [nameOf(second.body.avatarUrl)])
    expect((await fetch(new URL(String(first.body.avatarUrl), world.baseUrl))).status).toBe(404)

    for (let time = 0; time < 2; time += 1) expect((await person.client.removeAvatar()).avatarUrl).toBeNull()
    await holdsOnly(person.userId, [])
  })

  it('that are set at the same moment leave one', async () => {
    const [one, other] = [await upload(await png()), await upload(await draw().jpeg().toBuffer(), 'image/jpeg')]
    const answers = await Promise.all([setTo(one), setTo(other)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    const { avatarUrl } = await person.client.getMe()
    expect(answers.map(({ body }) => body.avatarUrl)).toContain(avatarUrl)
    await holdsOnly(person.userId, [nameOf(avatarUrl)])
  })

  it('are used once, also at the same moment', async () => {
    const uploadId = await upload(await png())
    const answers = await Promise.all([setTo(uploadId), setTo(uploadId)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404])
    expect(await setTo(uploadId)).toMatchObject({ status: 404, reason: 'users.upload_not_found' })
    await holdsOnly(person.userId, [nameOf((await person.client.getMe()).avatarUrl)])
  })

  it('that another person uploaded, or nobody, are not theirs to use', async () => {
    const uploadId = await upload(await png())
    const stranger = await world.createPerson()
    for (const wrong of [uploadId, newId()]) {
      const answer = await world.send(AVATAR, {
        token: world.token({ userId: stranger.userId }),
        headers: json,
        body: JSON.stringify({ uploadId: wrong }),
      })
      expect(answer).toMatchObject({ status: 404, reason: 'users.upload_not_found' })
    }
    const { uploadId: empty } = await person.client.startUpload({ contentType: 'image/png', size: 10 })
    expect(await setTo(empty)).toMatchObject({ status: 404, reason: 'users.upload_not_found' })
    expect((await setTo(uploadId)).status).toBe(200)
  })

  it('are announced twenty times at most, also at the same moment', async () => {
    const start = () => person.client.startUpload({ contentType: 'image/png', size: 10 })
    const results = await Promise.allSettled(Array.from({ length: 25 }, start))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
    await expect(start()).rejects.toMatchObject({ code: 'limited', reason: 'users.too_many_uploads' })
  })

  it('are nothing for whoever is being erased, whose token is good still', async () => {
    const { userId, client } = await world.createPerson()
    await client.eraseMe({})
    await expect(client.startUpload({ contentType: 'image/png', size: 10 })).rejects.toMatchObject({
      code: 'not_found',
      reason: 'users.user_not_found',
    })
    expect(await world.contextFor('users').db.$count(file, eq(file.userId, userId))).toBe(0)
  })

  it('of an organisation are for its admins to set, and the log says so', async () => {
    const { organizationId: id } = person
    const path = `/v1/organizations/${id}/logo`
    const member = await world.createPerson()
    const { db } = world.contextFor('users')
    await db.insert(membership).values({ organizationId: id, userId: member.userId, role: 'member' })
    const stranger = await world.createPerson()
    const send = async (userId: string) =>
      world.send(path, {
        // Whatever the token says.
        token: world.token({ userId, organizationId: id, role: 'owner' }),
        headers: { 'content-type': 'image/png' },
        body: new Uint8Array(await png()),
      })
    expect(await send(member.userId)).toMatchObject({ status: 403, reason: 'users.role_too_low' })
    expect(await send(stranger.userId)).toMatchObject({ status: 404, reason: 'users.organization_not_found' })
    expect(await world.rowsOf(id)).toEqual([])

    await db.update(membership).set({ role: 'admin' }).where(eq(membership.userId, member.userId))
    const { status, body } = await send(member.userId)
    expect(status).toBe(200)
    expect((await person.client.getOrganization({ id })).logoUrl).toBe(body.logoUrl)
    await holdsOnly(id, [nameOf(body.logoUrl)])

    for (let time = 0; time < 2; time += 1) expect((await person.client.removeLogo({ id })).logoUrl).toBeNull()
    await holdsOnly(id, [])
    const log = await db.select().from(activity).where(eq(activity.organizationId, id)).orderBy(activity.at)
    expect(log.map(({ action, actorId }) => [action, actorId])).toEqual([
      ['logo_changed', member.userId],
      ['logo_removed', person.userId],
    ])
  })

  it('of somebody who lost the role while theirs was read leave nothing', async () => {
    const { organizationId: id } = person
    const admin = await world.createPerson()
    const { db } = world.contextFor('users')
    await db.insert(membership).values({ organizationId: id, userId: admin.userId, role: 'admin' })
    const bytes = await png()
    async function* slow() {
      yield bytes.subarray(0, 100)
      await setTimeout(50)
      await db.delete(membership).where(eq(membership.userId, admin.userId))
      yield bytes.subarray(100)
    }
    const answer = await world.send(`/v1/organizations/${id}/logo`, {
      token: world.token({ userId: admin.userId, organizationId: id, role: 'admin' }),
      headers: { 'content-type': 'image/png' },
      body: ReadableStream.from(slow()),
      duplex: 'half',
    })
    expect(answer).toMatchObject({ status: 404, reason: 'users.organization_not_found' })
    await holdsOnly(id, [])
    expect((await person.client.getOrganization({ id })).logoUrl).toBeNull()
  })
})
