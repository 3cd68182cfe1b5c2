import type { Member } from '@lightpress/users-contract'
import { createSignal, onCleanup } from 'solid-js'
import { users } from '../../api/users.ts'

/** Milliseconds of rest after which what is typed is looked for. */
const rest = 200

/** Finds members while one types; of two answers the one to the later question counts. */
export function createMemberSearch(organizationId: () => string) {
  const [found, setFound] = createSignal<Member[]>()
  let asked = new AbortController()
  let waiting: ReturnType<typeof setTimeout> | undefined
  const stop = () => {
    clearTimeout(waiting)
    asked.abort()
  }
  onCleanup(stop)

  const look = (text: string) => {
    stop()
    asked = new AbortController()
    const { signal } = asked
    const query = text === '' ? {} : { query: text }
    waiting = setTimeout(() => {
      users.listMembers({ id: organizationId(), ...query, limit: 8 }, { signal }).then(
        ({ items }) => setFound(items),
        // Aborted, or it cannot be asked now: what was found before stays.
        () => undefined,
      )
    }, rest)
  }
  return { found, look }
}
