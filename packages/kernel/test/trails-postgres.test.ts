import { describe } from 'vitest'
import { topologies } from './support/start.ts'
import { trailsHold } from './support/trail-suite.ts'

describe.each(topologies)('the trail over PostgreSQL, %s', (topology) => trailsHold(topology, {}))
