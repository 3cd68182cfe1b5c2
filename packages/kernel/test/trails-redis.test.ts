import { afterAll, describe } from 'vitest'
import { redis } from './support/redis.ts'
import { trailsHold } from './support/trail-suite.ts'

afterAll(() => redis?.stop())

describe.skipIf(!redis)('the trail over Redis', () => trailsHold('over HTTP', { QUEUE_URL: redis?.url ?? '' }))
