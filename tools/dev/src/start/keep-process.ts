import type { Child } from '../run/child.ts'
import { supervise } from '../run/supervise.ts'
import type { Supervised } from '../run/supervise.ts'
import type { Log } from './log.ts'

/** A process of ours with its output in the log: when it crashes, that is shown, and it is started again. */
export function keepProcess(name: string, start: (onLine: (line: string) => void) => Child, log: Log): Supervised {
  return supervise({
    start: () => start(log.from(name)),
    onCrash: ({ code, signal }, delay) =>
      log.warn(`${name} ended (${signal ?? `code ${code}`}). It is started again in ${delay / 1000} s.`),
  })
}
