import { readFileSync } from 'node:fs'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventsHold } from './support/events-suite.ts'
import { redis } from './support/redis.ts'

// What the login of production may do to its queues, as it is given to it.
const script = readFileSync(new URL('../../../infra/prepare-stores.sh', import.meta.url), 'utf8')
const access = /--access-string 'on (.+)'/.exec(script)?.[1] ?? ''

const url = new URL(redis?.url ?? 'redis://nowhere')
url.username = 'lightpress'
url.password = 'a-password'

beforeAll(async () => {
  if (!redis) return
  const administrator = new Redis(redis.url)
  await administrator.call('ACL', 'SETUSER', 'lightpress', 'on', `>${url.password}`, ...access.split(' '))
  administrator.disconnect()
})
afterAll(() => redis?.stop())

describe.skipIf(!redis)('events over a Redis that allows what production does', () => {
  eventsHold({ QUEUE_URL: url.href })

  it('without looking at anything else, or emptying it', async () => {
    const client = new Redis(url.href)
    await expect(client.flushall()).rejects.toThrow('NOPERM')
    await expect(client.config('GET', '*')).rejects.toThrow('NOPERM')
    await expect(client.keys('*')).rejects.toThrow('NOPERM')
    await expect(client.set('elsewhere', '1')).rejects.toThrow('NOPERM')
    client.disconnect()
  })
})
