import { expect, it } from 'vitest'
import { readEvents, type ServerEvent } from '../src/live/sse.ts'

it('reads events with their type, data and id', async () => {
  expect(await events(['id: 7\nevent: notification\ndata: {"a":1}\n\n'])).toEqual([
    { type: 'notification', data: '{"a":1}', id: '7' },
  ])
})

it('reads the same however the bytes are cut', async () => {
  const text = ': hello\r\n\r\nid: 1\r\nevent: unread\r\ndata: grüße 🦊\r\n\r\ndata: a\rdata:b\r\rdata: c\n\n'
  const whole = await events([text])
  const bytes = new TextEncoder().encode(text)
  for (let at = 1; at < bytes.length; at++) {
    expect(await events([bytes.slice(0, at), bytes.slice(at)]), `cut at ${at}`).toEqual(whole)
  }
  expect(await events([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole)
  expect(whole).toEqual([
    { type: 'unread', data: 'grüße 🦊', id: '1' },
    { type: 'message', data: 'a\nb', id: '1' },
    { type: 'message', data: 'c', id: '1' },
  ])
})

it('keeps the id until another comes, and drops what has no data or no end', async () => {
  expect(await events(['id: 3\n\nevent: empty\n\ndata: x\n\ndata: cut off'])).toEqual([
    { type: 'message', data: 'x', id: '3' },
  ])
})

it('hears when the server wants to be asked again, in digits alone', async () => {
  const heard: number[] = []
  const body = new Response('retry: 1500\n\nretry: soon\n\ndata: x\n\nretry:20\n').body ?? new ReadableStream()
  for await (const event of readEvents(body, (milliseconds) => heard.push(milliseconds))) expect(event.data).toBe('x')
  expect(heard).toEqual([1500, 20])
})

it('lets go of the stream when nobody reads on', async () => {
  let cancelled = false
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode('data: x\n\n')),
    cancel: () => {
      cancelled = true
    },
  })
  for await (const event of readEvents(endless)) {
    expect(event.data).toBe('x')
    break
  }
  await expect.poll(() => cancelled).toBe(true)
})

async function events(chunks: (string | Uint8Array)[]): Promise<ServerEvent[]> {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const chunk of chunks)
        controller.enqueue(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk)
      controller.close()
    },
  })
  const read: ServerEvent[] = []
  for await (const event of readEvents(body)) read.push(event)
  return read
}
