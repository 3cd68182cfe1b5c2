/** Somebody who is in a new database of development, with the password they have there. */
export interface SeededPerson {
  name: string
  email: string
  password: string
  role: string
}

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
