import { afterAll, describe } from 'vitest'
import { lanesHold } from './support/lanes-suite.ts'
import { redis } from './support/redis.ts'

afterAll(() => redis?.stop())

describe.skipIf(!redis)('lanes over Redis', () => lanesHold({ QUEUE_URL: redis?.url ?? '' }))
