import type { Subject } from '@lightpress/protocol'

/** One thing to ask of one module about one subject: to end what must end first, or to erase. */
export interface ErasureStep {
  subject: Subject
  module: string
  phase: 'release' | 'erase'
}
