import { setTimeout } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sending } from '../src/schema.ts'
import { draw, png } from './picture-support.ts'
import { openPictureWorld, type PictureWorld } from './picture-world.ts'

const AVATAR = '/v1/users/me/avatar'

let world: PictureWorld

beforeAll(async () => {
  world = await openPictureWorld('disk')
})
afterAll(() => world.close())

async function createSender() {
  const person = await world.createPerson()
  const token = world.token({ userId: person.userId })
  const send = (bytes: Buffer) =>
    world.send(AVATAR, { token, headers: { 'content-type': 'image/png' }, body: new Uint8Array(bytes) })
  const use = (uploadId: string) =>
    world.send(AVATAR, { token, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ uploadId }) })
  const upload = async (bytes: Buffer) => {
    const to = await person.client.startUpload({ contentType: 'image/png', size: bytes.length })
    await fetch(new URL(to.url, world.baseUrl), { method: to.method, headers: to.headers, body: new Uint8Array(bytes) })
    return to.uploadId
  }
  return { ...person, send, use, upload }
}

describe('one person', () => {
  it('has two pictures received or unpacked at once, in whichever way they are sent, and takes no place of others', async () => {
    const [eve, ada] = [await createSender(), await createSender()]
    const slow = await draw({ width: 6_000, height: 6_000 }).png().toBuffer()
    const uploads = [await eve.upload(slow), await eve.upload(slow), await eve.upload(slow)]
    const sent = [...uploads.map((id) => eve.use(id)), ...Array.from({ length: 3 }, () => eve.send(slow))]
    await setTimeout(50)
    expect((await ada.send(await png())).status).toBe(200)
    const answers = await Promise.all(sent)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2)
    for (const answer of answers.filter(({ status }) => status !== 200))
      expect(answer).toMatchObject({ status: 503, reason: 'request.busy' })
  })

  it('has thirty unpacked in an hour, which is known to all processes, and is nothing to others', async () => {
    const [eve, ada] = [await createSender(), await createSender()]
    const { db } = world.contextFor('users')
    await db.delete(sending)
    // One that is none costs as much.
    expect(await eve.send((await png()).subarray(0, 60))).toMatchObject({ status: 400, reason: 'users.image_refused' })
    const rows = await db.select().from(sending)
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(eve.userId)
    const more = Array.from({ length: 28 }, () => ({ id: crypto.randomUUID(), key: rows[0]!.key }))
    await db.insert(sending).values(more)
    expect((await eve.send(await png())).status).toBe(200)

    const refused = await eve.send(await png())
    expect(refused).toMatchObject({ status: 429, reason: 'users.too_many_uploads' })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_000)
    expect((await ada.send(await png())).status).toBe(200)
    await db.update(sending).set({ at: sql`${sending.at} - interval '1 hour'` })
    expect((await eve.send(await png())).status).toBe(200)
  })
})
