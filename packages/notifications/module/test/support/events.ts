import { request, type IncomingMessage } from 'node:http'
import { until } from '@lightpress/testing'

export interface StreamEvent {
  event: string
  data: Record<string, unknown>
  id: string
}

/** Opens the stream as a browser does; resolves once it is accepted, rejects with the problem's reason. */
export async function listen(baseUrl: string, { token, after }: { token: string; after?: string | number }) {
  const events: StreamEvent[] = []
  let ended = false
  const http = request(`${baseUrl}/v1/notifications/stream`, {
    agent: false,
    headers: {
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
      ...(after !== undefined && { 'last-event-id': String(after) }),
    },
  })
  http.on('error', () => (ended = true))
  http.on('close', () => (ended = true))
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    http.once('response', resolve).once('error', reject).end()
  })
  response.setEncoding('utf8')
  if (response.statusCode !== 200) {
    const problem = JSON.parse((await response.toArray()).join('')) as { reason: string }
    throw Object.assign(new Error(problem.reason), { status: response.statusCode })
  }
  let rest = ''
  response.on('error', () => (ended = true))
  response.on('data', (chunk: string) => {
    const blocks = (rest + chunk).split('\n\n')
    rest = blocks.pop() ?? ''
    events.push(...blocks.flatMap(parse))
  })
  const of = (name: string) => events.filter(({ event }) => event === name)
  return {
    events,
    response,
    titles: () => of('notification').map(({ data }) => data.title),
    ids: () => of('notification').map(({ id }) => Number(id)),
    unread: () => of('unread').map(({ data }) => data.count),
    lastId: () => events.at(-1)?.id ?? '',
    ended: () => ended,
    /** Waits until the stream has said what is asked for. */
    until: (holds: (events: StreamEvent[]) => boolean) => until(() => events, holds),
    async close() {
      http.destroy()
      await until(
        () => ended,
        (value) => value,
      )
    },
  }
}

function parse(block: string): StreamEvent[] {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  )
  const data = fields.get('data')
  if (data === undefined) return []
  return [
    {
      event: fields.get('event') ?? 'message',
      data: JSON.parse(data) as Record<string, unknown>,
      id: fields.get('id') ?? '',
    },
  ]
}
