import { defineJob, on } from '@lightpress/kernel'
import { isAppError } from '@lightpress/protocol'
import { membershipChanged } from '@lightpress/users-contract'
import { and, eq } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { jobs, requestContact, requestSeats } from './requests.ts'
import { customer } from './schema.ts'
import { readContact, writeContact, type Contact } from './stripe/customers.ts'

/** Events come in any order, so that owners and seats may be others is all that is taken from this one. */
export const onMembershipChanged = on(membershipChanged, {
  async handle({ payload: { organizationId } }, { tx }, _ctx: BillingContext) {
    const whose = eq(customer.organizationId, organizationId)
    await requestContact(tx, whose)
    await requestSeats(tx, whose)
  },
})

export const followOwners = defineJob(
  jobs.followOwners.name,
  jobs.followOwners.payload,
  ({ organizationId }, ctx: BillingContext) => bringContact(organizationId, ctx),
)

/**
 * Where it is due, gives Stripe the organisation's name and the address of its first owner, unless it has that owner's:
 * what somebody wrote over it in the portal stays for as long as they do. Owners are read again after that, until they
 * are those who were written down: of two who do this at once, whoever writes last has then seen the latest.
 */
export async function bringContact(organizationId: string, ctx: BillingContext): Promise<void> {
  const mine = eq(customer.organizationId, organizationId)
  const [row] = await ctx.db.select().from(customer).where(mine)
  if (!row?.contactDueAt) return
  const { stripeCustomerId, contactDueAt } = row
  let standing = await readContact(stripeCustomerId, ctx)
  for (;;) {
    const contact = standing === undefined ? undefined : await readFirstOwner(organizationId, ctx)
    if (!contact || contact.userId === standing) break
    await writeContact(stripeCustomerId, contact, ctx)
    standing = contact.userId
  }
  await ctx.db
    .update(customer)
    .set({ contactDueAt: null })
    .where(and(mine, eq(customer.contactDueAt, contactDueAt)))
}

/** Undefined of an organisation that is closed: its release ends the customer. */
async function readFirstOwner(organizationId: string, { calls }: BillingContext): Promise<Contact | undefined> {
  try {
    const { organizationName, members } = await calls.users.readMembers({ organizationId, roles: ['owner'] })
    const [owner] = members
    return { userId: owner?.id ?? null, name: organizationName, email: owner?.email ?? null }
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') return undefined
    throw error
  }
}
