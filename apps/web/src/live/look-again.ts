import { type Accessor, createSignal, onCleanup } from 'solid-js'
import { online } from '../ui/connection.ts'
import { whileVisible } from './while-visible.ts'

/**
 * Asks anew every so many milliseconds while somebody looks on. While that fails it goes on, and says of when it is
 * what they see.
 */
export function lookAgain(every: number, ask: () => Promise<unknown>): Accessor<Date | undefined> {
  const [old, setOld] = createSignal<Date>()
  let last = new Date()
  let asking = false
  const look = async () => {
    if (asking) return
    asking = true
    const known = online() && (await succeeds(ask))
    asking = false
    if (known) last = new Date()
    setOld(known ? undefined : last)
  }
  onCleanup(whileVisible(every, () => void look()))
  return old
}

function succeeds(ask: () => Promise<unknown>): Promise<boolean> {
  return ask().then(
    () => true,
    () => false,
  )
}
