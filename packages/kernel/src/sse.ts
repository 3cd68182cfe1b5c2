import { accessToken, type Identity } from '@lightpress/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'

export interface EventStream {
  /** Where the reader was, from `Last-Event-ID`; null at a first connection. */
  lastEventId: string | null
  /** Sends one event (HTML, "Server-sent events"); `data` becomes JSON on one line. */
  send(event: { event: string; data: unknown; id?: string }): void
  /** Runs when the stream has ended, by whichever side. */
  onClose(listen: () => void): void
}

const HEARTBEAT = 15_000
/** Bytes that may wait for a slow reader before the stream is ended; the reader resumes by `Last-Event-ID`. */
const MAX_BUFFERED = 256 * 1024
/** Milliseconds that a reader has for what was sent before the end. */
const LAST_WORDS = 1_000

interface Open {
  identity: Identity
  end: () => void
}

/** Every open stream of this process, so that revocation and shutdown can end them. */
export function createStreams({ isRevoked }: { isRevoked: (identity: Identity) => boolean }) {
  const open = new Set<Open>()
  let closing = false

  return {
    open({ request, reply }: { request: FastifyRequest; reply: FastifyReply }, identity: Identity): EventStream {
      const { raw } = reply
      reply.hijack()
      raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // The connection goes with the stream, so that a shutdown does not wait for it to idle away.
        connection: 'close',
        'x-accel-buffering': 'no',
      })
      raw.write(`retry: ${1_000 + Math.floor(Math.random() * 2_000)}\n\n`)
      const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT)
      const entry: Open = { identity, end }
      function end() {
        raw.end()
        setTimeout(() => raw.destroy(), LAST_WORDS).unref()
      }
      open.add(entry)
      // Whoever acts as somebody has a time that ends by itself, which no revocation tells. They come back with a token
      // for as long as there is one.
      const lapse = identity.impersonatorId === null ? undefined : setTimeout(end, accessToken.lifetimeSeconds * 1_000)
      // A caller who left before the stream was opened has closed it already, and is not told of again.
      const onClose = (listen: () => void) => (raw.closed ? listen() : void raw.on('close', listen))
      onClose(() => {
        clearInterval(heartbeat)
        clearTimeout(lapse)
        open.delete(entry)
      })
      const write = (text: string) => {
        if (raw.writableEnded) return
        raw.write(text)
        if (raw.writableLength > MAX_BUFFERED) raw.destroy()
      }
      // Revoked, or shut down, while the handler was on its way here.
      if (closing || isRevoked(identity)) end()
      const last = request.headers['last-event-id']
      return {
        lastEventId: typeof last === 'string' && last !== '' ? last : null,
        send: ({ event, data, id }) =>
          write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
        onClose,
      }
    },

    count: () => open.size,

    /** Ends all, and whatever is opened from now on. */
    close() {
      closing = true
      for (const { end } of open) end()
    },

    endWhere(matches: (identity: Identity) => boolean) {
      for (const { identity, end } of open) if (matches(identity)) end()
    },
  }
}

export type Streams = ReturnType<typeof createStreams>
