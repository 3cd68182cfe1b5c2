import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { render, type Use } from '../src/pictures/render.ts'
import { sniff } from '../src/pictures/sniff.ts'
import { bomb, draw, formats, png, sidesOf, textBomb } from './picture-support.ts'

const refused = { code: 'invalid', reason: 'users.image_refused' }
const make = (bytes: Buffer, { declared, use = 'avatar' }: { declared?: string; use?: Use } = {}) =>
  render(bytes, { declared, use, signal: new AbortController().signal })

describe('a picture', () => {
  it.each(Object.entries(formats))('that is %s becomes a square WebP', async (type, picture) => {
    const bytes = await picture()
    expect(sniff(bytes)).toBe(type)
    const made = await make(bytes, { declared: type })
    expect(await sharp(made).metadata()).toMatchObject({ format: 'webp', width: 512, height: 512 })
    expect(await sidesOf(made)).toEqual(['red', 'blue'])
  })

  it('of a person fills its square; a logo is seen whole, on nothing', async () => {
    const tall = await draw({ width: 40, height: 400 }).png().toBuffer()
    expect(await sidesOf(await make(tall, { use: 'avatar' }))).toEqual(['red', 'blue'])
    const logo = await make(tall, { use: 'logo' })
    expect(await sidesOf(logo)).toEqual(['nothing', 'nothing'])
    expect(await sharp(logo).metadata()).toMatchObject({ width: 512, height: 512, hasAlpha: true })
  })

  it('stands upright, and says nothing of where and with what it was taken', async () => {
    const taken = await draw({ width: 40, height: 40 })
      .withExif({ IFD0: { Make: 'A camera', Copyright: 'Ada Lovelace' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
      .withMetadata({ orientation: 3 })
      .jpeg()
      .toBuffer()
    expect((await sharp(taken).metadata()).exif?.includes('Ada Lovelace')).toBe(true)
    const made = await make(taken)
    expect(await sidesOf(made)).toEqual(['blue', 'red'])
    const { exif, icc, xmp, iptc, orientation } = await sharp(made).metadata()
    expect([exif, icc, xmp, iptc, orientation]).toEqual([undefined, undefined, undefined, undefined, undefined])
  })

  it('that moves stands still at its first frame', async () => {
    const first = await png()
    const frames = [first, await sharp(first).flop().png().toBuffer()]
    const moving = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer()
    expect((await sharp(moving, { animated: true }).metadata()).pages).toBe(2)
    const made = await make(moving)
    expect((await sharp(made).metadata()).pages ?? 1).toBe(1)
    expect(await sidesOf(made)).toEqual(['red', 'blue'])
  })

  it('takes nothing along that stood behind it', async () => {
    const script = '<script>alert(document.domain)</script>'
    const made = await make(Buffer.concat([await png(), Buffer.from(script)]))
    expect(made.includes('script')).toBe(false)
  })

  it.each([
    [1, 1],
    [1, 20_000],
    [20_000, 1],
  ])('of %i × %i pixels is one', async (width, height) => {
    const thin = await sharp({ create: { width, height, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    for (const use of ['avatar', 'logo'] as const)
      expect(await sharp(await make(thin, { use })).metadata()).toMatchObject({ width: 512, height: 512 })
  })
})

describe('what is refused', () => {
  it('is what was said to be another type', async () => {
    await expect(make(await png(), { declared: 'image/jpeg' })).rejects.toMatchObject(refused)
    await expect(make(await png(), { declared: 'text/html' })).rejects.toMatchObject(refused)
    await expect(make(await png(), { declared: 'image/svg+xml' })).rejects.toMatchObject(refused)
  })

  it.each([
    ['nothing', ''],
    ['a page', '<html><script>alert(1)</script></html>'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'],
    ['SVG with a prologue', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['PDF', '%PDF-1.7\n1 0 obj<<>>endobj'],
    ['PostScript', '%!PS-Adobe-3.0'],
    ['TIFF', 'II*\0\x08\0\0\0'],
    ['BMP', 'BM\x3a\0\0\0'],
    ['an icon', '\0\0\x01\0\x01\0'],
    ['HEIC', '\0\0\0\x18ftypheic\0\0\0\0mif1heic'],
    ['a film', '\0\0\0\x18ftypisom\0\0\0\0isommp42'],
    ['a program', '\x7fELF\x02\x01\x01'],
    ['a box without an end', '\xff\xff\xff\xffftyp'],
    ['the beginning of a PNG', '\x89PNG\r\n\x1a\n'],
    ['the beginning of a GIF, and a script', 'GIF89a=1;alert(1)//'],
    ['the beginning of a WebP', 'RIFF\x10\0\0\0WEBPVP8 '],
    ['a JPEG that is a page', '\xff\xd8\xff<html>'],
    ['AVIF in name', '\0\0\0\x18ftypavif\0\0\0\0mif1avif'],
  ])('is %s', async (_what, text) => {
    await expect(make(Buffer.from(text, 'latin1'))).rejects.toMatchObject(refused)
  })

  it.each(Object.entries(formats))('is half of a file that is %s', async (_type, picture) => {
    const bytes = await noisy(picture)
    await expect(make(bytes.subarray(0, bytes.length / 2))).rejects.toMatchObject(refused)
  })

  it('is a picture that unpacks to more than fits, before it is unpacked', async () => {
    const small = bomb(20_000)
    expect(small.length).toBeLessThan(100_000)
    const before = process.memoryUsage().rss
    await expect(make(small)).rejects.toMatchObject(refused)
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000)
  })

  it('or shown without what unpacks to more than fits', async () => {
    const small = textBomb(500_000_000)
    expect(small.length).toBeLessThan(1_000_000)
    const before = process.memoryUsage().rss
    await make(small).catch((error: unknown) => expect(error).toMatchObject(refused))
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
  })
})

it('unpacks few at once, whoever sends them, and tells the rest to come back', async () => {
  const bytes = await draw({ width: 3_000, height: 3_000 }).png().toBuffer()
  const results = await Promise.allSettled(Array.from({ length: 40 }, () => make(bytes)))
  const late = results.filter((result) => result.status === 'rejected')
  expect(results.length - late.length).toBe(26)
  for (const { reason } of late) expect(reason).toMatchObject({ code: 'unavailable', reason: 'request.busy' })
  expect((await make(bytes)).length).toBeGreaterThan(0)
})

/** Of one with so little to show, the half can hold it all. */
async function noisy(picture: () => Promise<Buffer>): Promise<Buffer> {
  const { format } = await sharp(await picture()).metadata()
  const noise = sharp({
    create: {
      width: 300,
      height: 300,
      channels: 3,
      background: 'grey',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
  return format === 'heif' ? noise.avif().toBuffer() : noise.toFormat(format).toBuffer()
}
