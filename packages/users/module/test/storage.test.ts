import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { newId } from '@lightpress/kernel'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { StorageUrl } from '../src/storage/location.ts'
import type { Storage } from '../src/storage/storage.ts'
import { kinds, openPlace, storageAt, type Place } from './storage-support.ts'

const type = { contentType: 'image/webp' }
const soon = () => new Date(Date.now() + 60_000)

describe.each(kinds)('a storage: %s', (kind) => {
  let place: Place
  let storage: Storage
  let name: string
  beforeAll(async () => {
    place = await openPlace(kind)
    storage = place.storage
    await storage.check()
  })
  afterAll(() => place.close())
  beforeEach(() => {
    name = `${newId()}.webp`
  })

  async function bytesOf(stored: string): Promise<Buffer | null> {
    const found = await storage.read(stored)
    return found && Buffer.concat(await found.body.toArray())
  }

  it('keeps bytes as they are', async () => {
    const bytes = randomBytes(100_000)
    await storage.put(name, bytes, type)
    expect(await bytesOf(name)).toEqual(bytes)
    expect(await storage.size(name)).toBe(100_000)
    const found = await storage.read(name)
    found?.body.destroy()
    expect(found?.size).toBe(100_000)
  })

  it('keeps a stream whose length nobody knows', async () => {
    const parts = Array.from({ length: 40 }, () => randomBytes(50_000))
    await storage.put(name, Readable.from(parts), type)
    expect(await bytesOf(name)).toEqual(Buffer.concat(parts))
  })

  it('keeps nothing of a stream that breaks off', async () => {
    const before = await place.names()
    async function* breaking() {
      yield randomBytes(100_000)
      await setTimeout(10)
      throw new Error('the disk it came from is gone')
    }
    await expect(storage.put(name, Readable.from(breaking()), type)).rejects.toThrow()
    expect(await storage.size(name)).toBeNull()
    expect(await place.names()).toEqual(before)
  })

  it('shows the one or the other of two that are written under a name at once, whole', async () => {
    const [one, other] = [Buffer.alloc(300_000, 1), Buffer.alloc(300_000, 2)]
    await Promise.all([storage.put(name, one, type), storage.put(name, other, type)])
    const kept = await bytesOf(name)
    expect(kept?.equals(one) || kept?.equals(other)).toBe(true)
  })

  it('removes, and what is not there is removed', async () => {
    await storage.put(name, randomBytes(10), type)
    await storage.remove(name)
    await storage.remove(name)
    expect([await storage.read(name), await storage.size(name)]).toEqual([null, null])
    expect(await place.names()).not.toContain(name)
  })

  it.each(['../x.webp', '/etc/passwd', 'a/b.webp', '..', '', 'A.webp', 'a.webp\0', 'partial', 'a\\b.webp', '.webp'])(
    'takes no name that leads anywhere else: %j',
    async (wrong) => {
      await expect(storage.put(wrong, randomBytes(1), type)).rejects.toThrow('no name of a file')
      await expect(storage.read(wrong)).rejects.toThrow('no name of a file')
      await expect(storage.size(wrong)).rejects.toThrow('no name of a file')
      await expect(storage.remove(wrong)).rejects.toThrow('no name of a file')
    },
  )
})

describe('a bucket', () => {
  let place: Place
  beforeAll(async () => {
    place = await openPlace('s3')
  })
  afterAll(() => place.close())

  it('takes and gives by addresses that are signed, without us', async () => {
    const name = `${newId()}.zip`
    const bytes = randomBytes(2_000)
    const { url, headers } = await place.storage.signPut(name, {
      contentType: 'image/png',
      size: bytes.length,
      expiresAt: soon(),
    })
    expect((await fetch(url, { method: 'PUT', headers, body: bytes })).status).toBe(200)
    expect(await place.storage.size(name)).toBe(2_000)

    const link = await place.storage.signGet(name, {
      expiresAt: soon(),
      downloadAs: 'lightpress.zip',
      contentType: 'application/zip',
    })
    const answer = await fetch(link ?? '')
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes)
    const asked = new URL(link ?? '').searchParams
    expect(asked.get('response-content-disposition')).toBe('attachment; filename="lightpress.zip"')
    expect(asked.get('response-content-type')).toBe('application/zip')
  })

  it('takes by an address exactly as much of exactly that type, for as long as was said', async () => {
    const put = { contentType: 'image/png', size: 5, expiresAt: soon() }
    const { searchParams } = new URL((await place.storage.signPut('a.upload', put)).url)
    expect(searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;content-type;host')
    expect(Number(searchParams.get('X-Amz-Expires'))).toBeGreaterThan(55)
    expect(Number(searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(60)
    // Of what nobody knows yet.
    expect([...searchParams.keys()].filter((key) => /checksum/i.test(key))).toEqual([])
    expect(place.storage.isSigned('a.upload', { ...put, signature: searchParams.get('X-Amz-Signature') ?? '' })).toBe(
      false,
    )
  })

  it('that cannot be reached is nothing that the caller did', async () => {
    const away = storageAt('s3://nowhere/?region=eu-central-1&pathStyle=true&endpoint=http%3A%2F%2F127.0.0.1%3A9')
    await expect(away.size('a.webp')).rejects.toMatchObject({ code: 'unavailable', reason: 'storage.unavailable' })
    const another = storageAt(place.url.replace('lightpress-files', 'no-such-bucket'))
    await expect(another.put('a.webp', randomBytes(1), type)).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('a folder', () => {
  const put = { contentType: 'image/png', size: 5, expiresAt: new Date(1_800_000_000_000) }
  const one = storageAt('file:///tmp/lightpress-nothing-is-written-here')

  it('signs for one name, type, size and time', async () => {
    const { url, headers } = await one.signPut('a.upload', put)
    const { pathname, searchParams } = new URL(url, 'http://localhost')
    expect([pathname, searchParams.get('expires'), headers]).toEqual([
      '/v1/users/uploads/a',
      '1800000000000',
      { 'content-type': 'image/png' },
    ])
    const signature = searchParams.get('signature') ?? ''
    expect(one.isSigned('a.upload', { ...put, signature })).toBe(true)
    expect(one.isSigned('b.upload', { ...put, signature })).toBe(false)
    expect(one.isSigned('a.upload', { ...put, signature, size: 6 })).toBe(false)
    expect(one.isSigned('a.upload', { ...put, signature, contentType: 'image/gif' })).toBe(false)
    expect(one.isSigned('a.upload', { ...put, signature, expiresAt: soon() })).toBe(false)
    for (const wrong of [
      '',
      signature.slice(1),
      `${signature}A`,
      signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')),
    ])
      expect(one.isSigned('a.upload', { ...put, signature: wrong }), wrong).toBe(false)
  })

  it('hands over what it holds through us alone', async () => {
    expect(
      await one.signGet('a.zip', { expiresAt: soon(), downloadAs: 'a.zip', contentType: 'application/zip' }),
    ).toBeNull()
  })

  it('in which nothing can be written is said before the process listens', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lightpress-files-'))
    await writeFile(join(folder, 'file'), '')
    await chmod(join(folder, 'file'), 0o444)
    const check = storageAt(pathToFileURL(join(folder, 'file')).href).check()
    await expect(check).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining(`STORAGE_URL names the folder ${join(folder, 'file')}`) as string,
    })
    await rm(folder, { recursive: true })
  })
})

describe('STORAGE_URL', () => {
  it('names a folder or a bucket', () => {
    expect(StorageUrl.parse('file:///var/lib/light%20press')).toEqual({ kind: 'disk', folder: '/var/lib/light press' })
    expect(StorageUrl.parse('s3://my.bucket')).toMatchObject({ kind: 's3', bucket: 'my.bucket', prefix: '' })
    expect(
      StorageUrl.parse('s3://my-bucket/a/b/?region=eu-central-1&endpoint=http://localhost:9&pathStyle=true'),
    ).toEqual({
      kind: 's3',
      bucket: 'my-bucket',
      prefix: 'a/b/',
      region: 'eu-central-1',
      endpoint: 'http://localhost:9',
      pathStyle: true,
    })
  })

  it.each([
    ['files', 'no URL'],
    ['https://bucket.s3.amazonaws.com', 'file:// or s3://'],
    ['file://server/files', 'three slashes'],
    ['file:///files?mode=1', 'no ?'],
    ['s3://key:secret@bucket', 'credentials'],
    ['s3://B_/', 'no bucket'],
    ['s3://bucket/a%20b', 'prefix'],
    ['s3://bucket?acl=public', 'region, endpoint and pathStyle'],
    ['s3://bucket?pathStyle=yes', 'region, endpoint and pathStyle'],
  ])('that is %s is refused with a reason', (url, reason) => {
    expect(StorageUrl.safeParse(url).error?.issues[0]?.message).toContain(reason)
  })
})
