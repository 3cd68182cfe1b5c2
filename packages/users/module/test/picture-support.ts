import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'

const RED = { r: 200, g: 20, b: 20 }
const BLUE = { r: 20, g: 20, b: 200 }

/** Red on the left, blue on the right, so that it shows which way it was turned and what was cut off. */
export function draw({ width = 60, height = 40 } = {}) {
  const half = sharp({ create: { width: Math.floor(width / 2), height, channels: 3, background: RED } })
  return half.extend({ right: Math.ceil(width / 2), background: BLUE })
}

export const png = () => draw().png().toBuffer()

/** A picture in each of the formats that are taken. */
export const formats = {
  'image/png': png,
  'image/jpeg': () => draw().jpeg().toBuffer(),
  'image/webp': () => draw().webp().toBuffer(),
  'image/gif': () => draw().gif().toBuffer(),
  'image/avif': () => draw().avif().toBuffer(),
}

/** A PNG that says it has so many pixels: black ones, of which a thousand fit into a byte. */
export function bomb(edge: number): Buffer {
  const row = 1 + Math.ceil(edge / 8)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(edge, 0)
  header.writeUInt32BE(edge, 4)
  header.set([1, 0, 0, 0, 0], 8)
  return assemble([
    ['IHDR', header],
    ['IDAT', deflateSync(Buffer.alloc(row * edge), { level: 9 })],
    ['IEND', Buffer.alloc(0)],
  ])
}

/** A PNG of a few kilobytes with a text in it that is this long when it is unpacked. */
export function textBomb(length: number): Buffer {
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
  return assemble([
    ['IHDR', header],
    ['zTXt', Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(Buffer.alloc(length, 65), { level: 9 })])],
    ['IDAT', deflateSync(Buffer.from([0, 255]))],
    ['IEND', Buffer.alloc(0)],
  ])
}

function assemble(chunks: [type: string, data: Buffer][]): Buffer {
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([signature, ...chunks.map(([type, data]) => chunk(type, data))])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

/** What the middle of the left and of the right quarter shows. */
export async function sidesOf(picture: Buffer): Promise<string[]> {
  const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true })
  const colour = (x: number) => {
    const at = (Math.floor(info.height / 2) * info.width + Math.floor(info.width * x)) * info.channels
    const [r = 0, , b = 0, alpha = 255] = data.subarray(at, at + info.channels)
    if (alpha === 0) return 'nothing'
    return r > 150 && b < 100 ? 'red' : b > 150 && r < 100 ? 'blue' : 'else'
  }
  return [colour(0.25), colour(0.75)]
}
