import { isAppError } from '@lightpress/protocol'
import type { Life } from '../life.ts'
import type { Truth } from '../oracle.ts'

/** Something that happens in a life, if it is chosen: the more likely, the more it weighs. */
export interface Action {
  name: string
  weight: number
  /** Whether anybody would think of it. */
  when?: (truth: Truth, life: Life) => boolean
  run(life: Life, truth: Truth): Promise<void>
}

/** Somebody who presses the button once more, or again because there was no answer. */
export async function press<T>(life: Life, button: () => Promise<T>): Promise<T> {
  const twice = life.random.chance(0.25)
  for (let attempt = 1; ; attempt += 1) {
    const answers = await Promise.allSettled(twice ? [button(), button()] : [button()])
    if (twice) life.tell('clicks twice')
    const done = answers.find((answer) => answer.status === 'fulfilled')
    const failed = answers.filter((answer) => answer.status === 'rejected').map(({ reason }) => reason as unknown)
    const strange = failed.find((reason) => !isAppError(reason) || reason.code === 'internal')
    if (strange) throw strange as Error
    if (done) return done.value
    const unavailable = failed.every((reason) => isAppError(reason) && reason.code === 'unavailable')
    if (!unavailable || attempt === 4) throw failed[0]
    life.tell('unavailable, again')
  }
}
