export interface ServerEvent {
  type: string
  data: string
  /** The id to resume after; empty until the stream has named one. */
  id: string
}

/**
 * Server-sent events out of a response's body, by the HTML standard's rules; ends when the body does. `onRetry` is
 * told the milliseconds after which the server wants to be asked again when it has closed.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onRetry: (milliseconds: number) => void = () => undefined,
): AsyncGenerator<ServerEvent> {
  let event = { type: '', data: [] as string[], id: '' }
  for await (const line of linesOf(body)) {
    if (line === '') {
      if (event.data.length > 0) yield { type: event.type || 'message', data: event.data.join('\n'), id: event.id }
      event = { type: '', data: [], id: event.id }
      continue
    }
    const { field, value } = parse(line)
    if (field === 'event') event.type = value
    else if (field === 'data') event.data.push(value)
    else if (field === 'id' && !value.includes('\0')) event.id = value
    else if (field === 'retry' && /^\d+$/.test(value)) onRetry(Number(value))
  }
}

function parse(line: string): { field: string; value: string } {
  const colon = line.indexOf(':')
  if (colon === -1) return { field: line, value: '' }
  return { field: line.slice(0, colon), value: line.slice(colon + 1).replace(/^ /, '') }
}

/** Lines end with LF, CRLF or CR; a CR at the end of a chunk may be half of a CRLF. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = ''
  const text = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
  const reader = text.getReader()
  try {
    for (;;) {
      const { done, value = '' } = await reader.read()
      if (done) return
      const lines = (rest + value).split(/\r\n|\n|\r(?!$)/)
      rest = lines.pop() ?? ''
      yield* lines
    }
  } finally {
    await reader.cancel()
  }
}
