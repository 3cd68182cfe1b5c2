import type { EventRecord, State } from '../state/state.ts'

/** The events that tell of this object, or of something that names it; the newest first. */
export function eventsAbout(id: string, { events }: State): EventRecord[] {
  return [...events.values()].filter(({ data }) => mentions(data.object, id)).reverse()
}

/** Whether an object is this one, or names it in one of its fields, however deep. */
function mentions(value: unknown, id: string): boolean {
  if (typeof value === 'string') return value === id
  return typeof value === 'object' && value !== null && Object.values(value).some((inner) => mentions(inner, id))
}
