import type { Subject } from '@lightpress/protocol'
import type { ErasureItem } from '@lightpress/users-contract'
import type { ModuleName } from './context.ts'

/**
 * One thing to ask of one module: to end what must end first, to erase, or, when all is done, whether anything came late
 * and what it keeps.
 */
export type ErasureStep =
  | { phase: 'release' | 'erase'; module: ModuleName; subject: Subject }
  | { phase: 'check'; module: ModuleName; /** How often it found something. */ rounds?: number }

/**
 * Everything ends before anything is erased: nobody is charged for, or comes in to, what is half gone. `modules` stand in
 * the order in which they erase, and a person after their organisations, as in users, where these point at them. In other
 * modules the person goes first: what stands there by their address is found by what is theirs in an organisation, too.
 */
export function planSteps(modules: readonly ModuleName[], subjects: readonly Subject[]): ErasureStep[] {
  const each = (phase: 'release' | 'erase', order: (module: ModuleName) => readonly Subject[]) =>
    modules.flatMap((module) => order(module).map((subject): ErasureStep => ({ phase, module, subject })))
  const check = modules.map((module): ErasureStep => ({ phase: 'check', module }))
  return [
    ...each('release', () => subjects),
    ...each('erase', (module) => (module === 'users' ? subjects : subjects.toReversed())),
    ...check,
  ]
}

export interface Progress {
  steps: readonly ErasureStep[]
  /** How many of them are done. */
  position: number
}

/**
 * The same plan with what a module is to erase once more before it is asked the same again. What it erased for its last
 * check is left out, so that the plan does not grow however often something comes late.
 */
export function eraseAgain({ steps, position }: Progress, { module, rounds = 0 }: Check): Progress {
  const isTheirs = (step: ErasureStep) => step.phase === 'erase' && step.module === module
  const start = steps.slice(0, position).findLastIndex((step) => !isTheirs(step)) + 1
  const again = new Map(steps.filter(isTheirs).map((step) => [JSON.stringify(step), step]))
  const check: Check = { phase: 'check', module, rounds: rounds + 1 }
  return { steps: [...steps.slice(0, start), ...again.values(), check, ...steps.slice(position + 1)], position: start }
}

type Check = Extract<ErasureStep, { phase: 'check' }>

/** Whose data goes, in the order in which it goes. */
export function subjectsOf(steps: readonly ErasureStep[]): Subject[] {
  const subjects = steps.flatMap((step) => (step.phase === 'check' ? [] : [step.subject]))
  return [...new Map(subjects.map((subject) => [subject.id, subject])).values()]
}

/** One item for all of a kind that the same became of. */
export function addUp(items: readonly ErasureItem[]): ErasureItem[] {
  const sums = new Map<string, ErasureItem>()
  for (const item of items) {
    const { module, name, outcome, because } = item
    const key = JSON.stringify([module, name, outcome, because])
    sums.set(key, { ...item, count: item.count + (sums.get(key)?.count ?? 0) })
  }
  return [...sums.values()]
}

/** What decides about an organisation of a person's. */
export interface Company {
  /** The person's own, which goes with them. */
  own: boolean
  /** Who is in it beside them, and who of these can look after it. */
  others: number
  otherOwners: number
  suspended: boolean
}

export type Fate = 'erased' | 'left' | 'blocks'

/**
 * What becomes of an organisation when a person goes: nobody takes it from others, it is left to an owner, and one that
 * is suspended, with what was done in it, is deleted by nobody until it is restored.
 */
export function fateOf({ own, others, otherOwners, suspended }: Company): Fate {
  if (others === 0) return suspended ? 'blocks' : 'erased'
  return own || otherOwners === 0 ? 'blocks' : 'left'
}
