import { describe } from 'vitest'
import { eventsHold } from './support/events-suite.ts'

describe('events over PostgreSQL', () => eventsHold({}))
