import { createAsync } from '@solidjs/router'
import { getActiveId, getOrganizations } from './data.ts'

/** The organisation that the person acts for; undefined until it is known. Throws where it is read if it cannot be. */
export function createActiveOrganization() {
  const organizations = createAsync(() => getOrganizations())
  const activeId = createAsync(() => getActiveId())
  return () => organizations()?.find(({ id }) => id === activeId())
}
