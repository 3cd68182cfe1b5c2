import { summarizeError } from '@lightpress/kernel'
import type { BillingContext } from '../context.ts'

/** What organisations are called; nothing while users is away, for a list of accounts is worth more than their names. */
export async function namesOf(ids: readonly string[], { calls, log }: BillingContext): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  try {
    const { organizations } = await calls.users.readOrganizationNames({ ids: [...ids] })
    return new Map(organizations.map(({ id, name }) => [id, name]))
  } catch (error) {
    log.warn({ error: summarizeError(error) }, 'organisations are shown without their names')
    return new Map()
  }
}
