import { setTimeout as sleep } from 'node:timers/promises'
import { summarizeError } from '@lightpress/kernel'
import { needs, type ModuleName, type NotificationsContext } from './context.ts'

/** Milliseconds to wait for all of them together, at most: an operator looks because something is not as it should be. */
const PATIENCE = 4_000

export const modules = Object.keys(needs) as ModuleName[]

/** Asks every module at once. Those that do not answer in time are `missing`, and keep nobody waiting. */
export async function askModules<T>(
  ask: (module: ModuleName) => Promise<T>,
  { deadline, log }: NotificationsContext,
): Promise<{ answers: { module: ModuleName; answer: T }[]; missing: ModuleName[] }> {
  const patience = Math.min(PATIENCE, (deadline - Date.now()) / 2)
  const asked = await Promise.allSettled(modules.map((module) => within(patience, ask(module))))
  const answers: { module: ModuleName; answer: T }[] = []
  const missing: ModuleName[] = []
  for (const [at, module] of modules.entries()) {
    const outcome = asked[at] as PromiseSettledResult<T>
    if (outcome.status === 'fulfilled') {
      answers.push({ module, answer: outcome.value })
    } else {
      log.warn({ asked: module, error: summarizeError(outcome.reason) }, 'a module could not be asked')
      missing.push(module)
    }
  }
  return { answers, missing }
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const late = sleep(milliseconds, undefined, { ref: false }).then(() => {
    throw new Error(`It did not answer within ${Math.round(milliseconds)} ms`)
  })
  return Promise.race([work, late])
}
