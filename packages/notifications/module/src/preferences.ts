import { identityOf } from '@lightpress/kernel'
import { Category, type notifications } from '@lightpress/notifications-contract'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import { readSuppression } from './addresses.ts'
import { changeChoice, forgetIfGone, readChoices } from './choices.ts'
import type { NotificationsContext } from './context.ts'
import { nextDigestAt } from './local-time.ts'
import { channelsOf, choose, hasDigests } from './preference-rules.ts'
import { readPerson, type Recipient } from './recipients.ts'
import { reschedule } from './reschedule.ts'

type Ops = (typeof notifications)['operations']

export async function getPreferences(
  _input: Input<Ops['getPreferences']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['getPreferences']>> {
  return describe(await readSelf(ctx), ctx)
}

/** What is left out stays as it is. It counts for what comes from now on, and for what waits. */
export async function updatePreferences(
  { categories, quietHours, digest }: Input<Ops['updatePreferences']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['updatePreferences']>> {
  const person = await readSelf(ctx)
  await ctx.withTx(async (tx) => {
    await changeChoice(tx, person.id, (choice) => ({
      categories: choose(choice, categories),
      ...(quietHours !== undefined && { quietHours }),
      ...(digest && { digest }),
    }))
    await reschedule(tx, person)
  })
  await forgetIfGone(person.id, ctx)
  return describe(person, ctx)
}

async function readSelf(ctx: NotificationsContext): Promise<Recipient> {
  const person = await readPerson(identityOf(ctx).userId, ctx)
  if (person) return person
  throw new AppError('not_found', 'notifications.person_gone', 'This account does not exist any more.')
}

async function describe(
  { id: userId, timeZone }: Recipient,
  ctx: NotificationsContext,
): Promise<Output<Ops['getPreferences']>> {
  const choice = (await readChoices(ctx.db, [userId]))(userId)
  const { quietHours, digest } = choice
  return {
    categories: Category.options.map((category) => {
      return { category, ...channelsOf(category, choice), locked: category === 'security' }
    }),
    quietHours,
    digest,
    timeZone,
    nextDigestAt: hasDigests(choice) ? nextDigestAt(new Date(), digest, timeZone).toISOString() : null,
    suppressed: await readSuppression({ userId }, ctx),
  }
}
