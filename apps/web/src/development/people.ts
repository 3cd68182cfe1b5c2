import { query } from '@solidjs/router'

/** Somebody who is in a new database of development, with the password they have there. */
export interface SeededPerson {
  name: string
  email: string
  password: string
  role: string
}

/**
 * Whom one can sign in as with a press. They are known to what `npm start` puts in front of the product, and to nothing
 * that is deployed: a build for production has no word of this folder, and no page asks but of this machine itself.
 */
export const getSeededPeople = query(async () => {
  if (!isThisMachine(location.hostname)) return []
  try {
    return await parsePeople(await fetch('/.lightpress/development.json'))
  } catch {
    return []
  }
}, 'seeded-people')

export function isThisMachine(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

/** Nobody, where it is not that answer: who serves a page may serve it for every path. */
export async function parsePeople(answer: Response): Promise<SeededPerson[]> {
  if (!answer.ok || !answer.headers.get('content-type')?.startsWith('application/json')) return []
  const { people } = (await answer.json()) as { people?: unknown }
  return Array.isArray(people) ? people.filter(isPerson) : []
}

function isPerson(one: unknown): one is SeededPerson {
  const fields = (one ?? {}) as Record<string, unknown>
  return ['name', 'email', 'password', 'role'].every((name) => typeof fields[name] === 'string')
}
