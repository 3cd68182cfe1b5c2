import { describe } from 'vitest'
import { lanesHold } from './support/lanes-suite.ts'

describe('lanes over PostgreSQL', () => lanesHold({}))
