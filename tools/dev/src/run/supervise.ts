import { setTimeout as sleep } from 'node:timers/promises'
import type { Child, Exit } from './child.ts'

export interface SuperviseOptions {
  start: () => Child
  /** Told when it ended unasked, and in how many milliseconds it is started again. */
  onCrash: (exit: Exit, delay: number) => void
}

export interface Supervised {
  /** Ends it and starts it again, as after a change of its code. */
  restart(): Promise<void>
  stop(): Promise<void>
  /** Ends it at once, by force. */
  kill(): void
}

const FIRST_DELAY = 500
const LONGEST_DELAY = 10_000
/** One that ran this long was well; its next crash is a first one again. */
const HEALTHY = 30_000

/** Keeps a process running: started again when it ends unasked, more slowly each time. */
export function supervise({ start, onCrash }: SuperviseOptions): Supervised {
  const expected = new WeakSet<Child>()
  let delay = FIRST_DELAY
  let stopped = false
  let child = run()

  function run(): Child {
    const started = start()
    const startedAt = Date.now()
    void started.exited.then(async (exit) => {
      if (expected.has(started)) return
      if (Date.now() - startedAt > HEALTHY) delay = FIRST_DELAY
      onCrash(exit, delay)
      const pause = delay
      delay = Math.min(delay * 2, LONGEST_DELAY)
      await sleep(pause, undefined, { ref: false })
      if (!stopped && started === child) child = run()
    })
    return started
  }

  return {
    async restart() {
      const old = child
      expected.add(old)
      delay = FIRST_DELAY
      await old.stop()
      // Two changes at once ask twice; the first has started the new one by now.
      if (!stopped && old === child) child = run()
    },
    async stop() {
      stopped = true
      expected.add(child)
      await child.stop()
    },
    kill() {
      stopped = true
      expected.add(child)
      child.kill('SIGKILL')
    },
  }
}
