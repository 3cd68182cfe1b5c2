import { isId, textOf } from '../../ui/search-params.ts'

/** Whom, or which request, a timeline is of. A request is looked for among all. */
export type Subject = { requestId: string } | { userId: string } | { organizationId: string }

type Address = Record<string, string | string[] | undefined>

/** What an address asks for; undefined where it asks for nothing, null where what it has is no whole id. */
export function parseSubject({ requestId, userId, organizationId }: Address): Subject | null | undefined {
  const request = textOf(requestId)
  // Ids of requests come from outside: any text will do, and what is too long is none.
  if (request !== '') return request.length <= 100 ? { requestId: request } : null
  const [person, organization] = [textOf(userId), textOf(organizationId)]
  if (person !== '') return isId(person) ? { userId: person.toLowerCase() } : null
  if (organization !== '') return isId(organization) ? { organizationId: organization.toLowerCase() } : null
  return undefined
}

/** Where it is told, and in it an event that is asked about. */
export function timelinePath(subject: Subject, eventId?: string): string {
  return `/operators/timeline?${new URLSearchParams({ ...subject })}${eventId === undefined ? '' : `#${eventId}`}`
}
