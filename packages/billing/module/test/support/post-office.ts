import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A webhook as it came: its bytes and what it was signed with. */
export interface Letter {
  type: string
  body: string
  signature: string
}

export interface PostOffice {
  url: string
  /** What came and was not delivered, in the order in which it was sent. */
  held: Letter[]
  /** Everything that ever came. */
  all: Letter[]
  /** Whether letters go on to the product at once or are held. */
  holding: boolean
  deliver(letter: Letter): Promise<Response>
  close(): Promise<void>
}

/** Takes Stripe's webhooks, and delivers them when and how often and in which order a test likes. */
export async function openPostOffice(destination: () => string): Promise<PostOffice> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const { type } = JSON.parse(body) as { type: string }
      const letter = { type, body, signature: String(request.headers['stripe-signature']) }
      void take(letter).then((status) => response.writeHead(status).end())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const office: PostOffice = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    held: [],
    all: [],
    holding: false,
    deliver: ({ body, signature }) =>
      fetch(destination(), {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': signature },
      }),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return office

  async function take(letter: Letter): Promise<number> {
    office.all.push(letter)
    if (!office.holding) {
      // The product may be gone by now: Stripe would try again.
      return office.deliver(letter).then(
        ({ status }) => status,
        () => 503,
      )
    }
    office.held.push(letter)
    return 200
  }
}
