import { afterAll, describe } from 'vitest'
import { eventsHold } from './support/events-suite.ts'
import { redis } from './support/redis.ts'

afterAll(() => redis?.stop())

describe.skipIf(!redis)('events over Redis', () => eventsHold({ QUEUE_URL: redis?.url ?? '' }))
