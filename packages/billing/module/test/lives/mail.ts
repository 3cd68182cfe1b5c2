import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createRandom, type Random } from './random.ts'

/** Stripe's webhooks on their way, which may take theirs. */
export interface Mail {
  url: string
  /** Begins anew, with what is to happen to whose letters. What was on its way is gone. */
  begin(manners: Manners): void
  /** Delivers some of what lies about, in any order, some of it twice. */
  deliverSome(random: Random): Promise<number>
  /** Delivers all that was ever held back, as disorderly; what was dropped stays so. */
  deliverAll(random: Random): Promise<void>
  /** Whether what comes is delivered at once and in order, whatever the manners are. */
  prompt: boolean
  dropped: string[]
  close(): Promise<void>
}

/** How likely each is of a letter, from 0 to 1. What is left comes at once. */
export interface Manners {
  seed: number
  late: number
  twice: number
  dropped: number
}

interface Letter {
  type: string
  body: string
  signature: string
}

export async function openMail(destination: () => string): Promise<Mail> {
  let manners: Manners = { seed: 0, late: 0, twice: 0, dropped: 0 }
  let held: Letter[] = []
  let round = 0
  let count = 0
  const server = createServer((request, response) => {
    void take(request).then((status) => response.writeHead(status).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function take(request: IncomingMessage): Promise<number> {
    const body = await text(request)
    // Of a life that is over.
    if (request.url !== `/${round}`) return 200
    const { type } = JSON.parse(body) as { type: string }
    const letter = { type, body, signature: String(request.headers['stripe-signature']) }
    const random = createRandom(manners.seed, `letter ${(count += 1)}`)
    if (mail.prompt) return deliver(letter)
    if (random.chance(manners.dropped)) {
      mail.dropped.push(type)
      return 200
    }
    if (random.chance(manners.late)) {
      held.push(letter)
      return 200
    }
    if (random.chance(manners.twice)) await deliver(letter)
    return deliver(letter)
  }

  /** What the product refuses, Stripe brings again: nothing here makes it refuse, so the status is told. */
  async function deliver({ body, signature }: Letter): Promise<number> {
    const { status } = await fetch(destination(), {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': signature },
    })
    return status
  }

  async function bring(letters: readonly Letter[], random: Random): Promise<void> {
    const copies = letters.flatMap((letter) => (random.chance(manners.twice) ? [letter, letter] : [letter]))
    const order = random.shuffled(copies)
    for (let at = 0; at < order.length; at += 4) {
      const statuses = await Promise.all(order.slice(at, at + 4).map(deliver))
      const refused = statuses.find((status) => status !== 200)
      if (refused !== undefined) throw new Error(`The product answered a webhook with ${refused}`)
    }
  }

  const mail: Mail = {
    get url() {
      return `${base}/${round}`
    },
    dropped: [],
    prompt: false,
    begin(next) {
      manners = next
      held = []
      count = 0
      round += 1
      mail.dropped = []
      mail.prompt = false
    },
    async deliverSome(random) {
      const chosen = held.filter(() => random.chance(0.4))
      held = held.filter((letter) => !chosen.includes(letter))
      await bring(chosen, random)
      return chosen.length
    },
    async deliverAll(random) {
      const all = held
      held = []
      await bring(all, random)
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return mail
}
