import { createEffect, createSignal, on, onCleanup } from 'solid-js'
import { lookEverLater } from '../../live/look-ever-later.ts'
import { type Letter, readLetterStates } from './data.ts'
import { isSettled, letterKey, type LetterState } from './words.ts'

/** Often at first, then every minute, ten in all. What is on its way for longer waits for something else. */
const pauses = [1, 2, 3, 3, 3, 5, 5, 10, 10, 20, 30, 30, 60, 60, 60, 60, 60, 60, 60, 60].map(
  (seconds) => seconds * 1000,
)

/** As many as the server tells of at once. */
const atOnce = 100

/** Letters of a module that were sent again, the last first, and what becomes of each. */
export function followLetters(module: string, { onSettled }: { onSettled: () => void }) {
  const [sent, setSent] = createSignal<readonly Letter[]>([])
  const [states, setStates] = createSignal<Readonly<Record<string, LetterState>>>({})
  const [givenUp, setGivenUp] = createSignal(false)
  const [old, setOld] = createSignal<Date>()
  let told = new Date()

  const stateOf = (letter: Letter) => states()[letterKey(letter)]
  const onTheirWay = () => sent().filter((letter) => !isSettled(stateOf(letter)))

  const look = async () => {
    const asked = sent()
    const ids = [...new Set(onTheirWay().map(({ id }) => id))].slice(0, atOnce)
    if (ids.length === 0) return
    try {
      const items = await readLetterStates(module, ids)
      // What was sent again meanwhile may stand here as it stood before that.
      if (sent() !== asked) return
      told = new Date()
      setOld(undefined)
      const now = Object.fromEntries(items.map((item) => [letterKey(item), item.state]))
      const settled = onTheirWay().some((letter) => isSettled(now[letterKey(letter)]))
      setStates((known) => ({ ...known, ...now }))
      if (settled) onSettled()
    } catch {
      setOld(told)
    }
  }
  createEffect(
    on(sent, (letters) => {
      if (letters.length === 0) return
      setGivenUp(false)
      onCleanup(lookEverLater({ pauses, look, onEnd: () => setGivenUp(true) }))
    }),
  )

  return {
    sent,
    stateOf,
    /** Of when the states are, while they cannot be asked for. */
    old,
    /** Whether nobody looks any more, and something is still on its way. */
    givenUp: () => givenUp() && onTheirWay().length > 0,
    add(letters: readonly Letter[]) {
      const keys = new Set(letters.map(letterKey))
      setStates((known) => Object.fromEntries(Object.entries(known).filter(([key]) => !keys.has(key))))
      setSent((before) => [...letters, ...before.filter((letter) => !keys.has(letterKey(letter)))])
    },
  }
}
