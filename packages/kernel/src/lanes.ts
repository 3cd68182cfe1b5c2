import type { Job } from './module.ts'

/** So many jobs in so long, in all processes together. */
export interface Limit {
  max: number
  milliseconds: number
}

/**
 * A queue of their own for jobs whose vendor takes no more than so much at a time, or that take long: they wait there, and
 * nothing else waits for them.
 */
export interface Lane<Config = never> {
  name: string
  /** From the module's configuration. */
  limit?: (config: Config) => Limit
  /**
   * How many run at once in a process, where that is another number than of other jobs: more of those that wait for
   * somebody else, and hold no connection meanwhile.
   */
  concurrency?: number
}

/**
 * Thrown by a job in a lane with a limit when its vendor said to come back later: nobody in the lane goes before that, in
 * any process, and it is no failed attempt. Whoever throws it is first again then, among those that are as urgent. In a lane
 * without a limit, and outside of lanes, it is a failure like others.
 */
export class RetryLater extends Error {
  override readonly name = 'RetryLater'
  readonly milliseconds: number

  constructor(milliseconds: number) {
    super(`to be tried again in ${milliseconds} ms`)
    this.milliseconds = milliseconds
  }
}

/** So many a second, spread evenly: a window of a whole second would let twice as many through around its end. */
export function perSecond(rate: number): Limit {
  const max = Math.max(1, Math.round(rate / 10))
  return { max, milliseconds: Math.ceil((max * 1_000) / rate) }
}

/** BullMQ's: the lower goes first. Those that are as urgent take turns, and what failed begins at the back again. */
export function priorityOf({ lane, urgent }: Job): number | undefined {
  if (!lane) return undefined
  return urgent ? 1 : 2
}

export function laneQueue(module: string, { name }: Pick<Lane, 'name'>): string {
  return `${module}-${name}`
}

/** The lanes of a module's jobs, each once. Two of one name would share a queue and not a limit. */
export function lanesOf(module: string, jobs: Iterable<Job>): Lane[] {
  const lanes = new Map<string, Lane>()
  for (const { lane } of jobs) {
    if (!lane) continue
    if (lane.name === 'events' || lane.name === 'jobs')
      throw new TypeError(`${module} has no room for a lane ${lane.name}`)
    if ((lanes.get(lane.name) ?? lane) !== lane) throw new TypeError(`${module} has two lanes ${lane.name}`)
    lanes.set(lane.name, lane)
  }
  return [...lanes.values()]
}
