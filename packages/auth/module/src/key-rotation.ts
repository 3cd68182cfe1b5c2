import { afterCommit, ConfigError, type Command, type Tx } from '@lightpress/kernel'
import { accessToken, keysSignal } from '@lightpress/protocol'
import { and, gt, isNull, ne, or, sql } from 'drizzle-orm'
import { record } from './audit.ts'
import type { AuthContext } from './context.ts'
import { signingKey } from './schema.ts'
import { holdKeys, makeKey, selectPublished } from './signing-keys.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** A key signs for at most 90 days, although the daily check may miss a day. */
const ROTATE_AFTER = 88 * DAY

/** Every process hears of a key within a second, and caches keep the key set a minute: all know it before it signs. */
const AHEAD = 60 * MINUTE

/** How long a key verifies after another one signs: its last token's life, and the difference of two clocks. */
const OVERLAP = accessToken.lifetimeSeconds * 1_000 + 10 * MINUTE

/** `now` takes every other key away at once: what they signed is refused within a second. For a key that leaked. */
type When = 'ahead' | 'now'

/** By the clock. */
export async function rotateAgedKey(ctx: AuthContext): Promise<void> {
  await rotate('ahead', { ifOlderThan: ROTATE_AFTER }, ctx)
}

export const rotateKeys: Command<AuthContext> = {
  name: 'keys rotate',
  summary: 'Makes the next signing key; with --now it signs at once and the others are worth nothing.',
  async run({ args }, ctx) {
    const [flag, ...rest] = args
    if (rest.length > 0 || (flag !== undefined && flag !== '--now'))
      throw new ConfigError(`keys rotate takes --now or nothing, and not "${args.join(' ')}".`)
    const made = await rotate(flag === '--now' ? 'now' : 'ahead', { ifOlderThan: 0 }, ctx)
    if (!made) return 'There is a next signing key already; nothing was changed.'
    return `There is a new signing key, ${made.kid}. It signs from ${made.activatesAt.toISOString()}.`
  },
}

/** Of several at once one makes the key. Undefined when there is nothing to do. */
async function rotate(when: When, { ifOlderThan }: { ifOlderThan: number }, ctx: AuthContext) {
  return ctx.withTx(async (tx) => {
    await holdKeys(tx)
    const now = await readClock(tx)
    const newest = (await selectPublished(tx)).at(-1)
    // One that does not sign yet is the next one.
    if (when === 'ahead' && newest && newest.activatesAt.getTime() > now - ifOlderThan) return undefined
    const activatesAt = new Date(when === 'now' || !newest ? now : now + AHEAD)
    const made = await makeKey(tx, activatesAt, ctx)
    await retireOthers(tx, { kid: made.kid, at: new Date(when === 'now' ? now : activatesAt.getTime() + OVERLAP) }, ctx)
    afterCommit(tx, 'announce signing keys', () => ctx.signals.emit(keysSignal, null))
    return made
  })
}

/** The database's, by which keys retire for every process at the same moment. */
async function readClock(tx: Tx): Promise<number> {
  const { rows } = await tx.execute<{ now: number }>(sql`select floor(extract(epoch from now()) * 1000)::float8 as now`)
  return (rows[0] as { now: number }).now
}

/** None stays longer than it was to stay before. */
async function retireOthers(tx: Tx, { kid, at }: { kid: string; at: Date }, ctx: AuthContext): Promise<void> {
  const retired = await tx
    .update(signingKey)
    .set({ retiresAt: at })
    .where(and(ne(signingKey.kid, kid), or(isNull(signingKey.retiresAt), gt(signingKey.retiresAt, at))))
    .returning({ kid: signingKey.kid })
  for (const { kid } of retired) {
    await record(tx, { action: 'signing_key_retired', userId: null }, ctx)
    ctx.log.info({ kid, retiresAt: at }, 'a signing key retires')
  }
}
