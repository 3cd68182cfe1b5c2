import { requires } from '@lightpress/local'
import { startStack, type Stack } from './stack.ts'

/** What a journey needs to know of the product, however it runs. */
export type Product = Pick<Stack, 'url' | 'mailbox' | 'stop'>

export interface TopologyUnderTest {
  name: string
  start: () => Promise<Product>
}

/** Every way to run the product that a test must not be able to tell apart. */
export const topologies: TopologyUnderTest[] = [
  {
    name: 'all in one process, queues on PostgreSQL',
    start: () => startStack({ topology: 'single', queue: 'postgres' }),
  },
  {
    name: 'a process for each module, queues on PostgreSQL',
    start: () => startStack({ topology: 'split', queue: 'postgres' }),
  },
  ...(requires('redis-server')
    ? [
        {
          name: 'a process for each module, queues on Redis',
          start: () => startStack({ topology: 'split', queue: 'redis' }),
        },
      ]
    : []),
]

/** A product that runs already, such as compose's: JOURNEYS_URL=http://localhost:3000, JOURNEYS_MAILBOX=http://localhost:4000. */
const { JOURNEYS_URL: url, JOURNEYS_MAILBOX: mailbox } = process.env
if (url && mailbox) {
  topologies.splice(0, Infinity, {
    name: url,
    start: () => Promise.resolve({ url, mailbox, stop: () => Promise.resolve() }),
  })
}
