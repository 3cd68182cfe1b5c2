import type { Organization } from '@lightpress/users-contract'

/** Where to go from an organisation that is left or gone: to the person's own, else to the oldest that is open. */
export function nextOrganization(organizations: readonly Organization[], gone: string): Organization | undefined {
  const open = organizations.filter(({ id, suspended }) => id !== gone && !suspended)
  return open.find(({ ownPersonal }) => ownPersonal) ?? open[0]
}
