import { ConfigError, defineJob, newId, summarizeError, type Command } from '@lightpress/kernel'
import { and, count, eq, isNotNull, isNull } from 'drizzle-orm'
import { z } from 'zod'
import type { BillingContext } from './context.ts'
import { isSubscribed } from './current-subscription.ts'
import { findTold } from './lost-webhooks.ts'
import { isUnavailable, patiently } from './patience.ts'
import {
  compareCustomer,
  confirmRepairs,
  furtherDifferences,
  isUntouched,
  openDrift,
  ownersOf,
  repair,
  type Finding,
} from './reconcile-customer.ts'
import { beginRun, finishRun, keepAlive, lastFinished, Overtaken, resumeRun, type Run } from './reconcile-runs.ts'
import { findSuspects, type Stranger, type Suspicion } from './reconcile-suspects.ts'
import { drift } from './schema.ts'
import { readSubscription } from './stripe/everything.ts'

/** Its payload is a run that was begun; taken again, it begins anew and notes nothing twice. */
export const reconcileJob = defineJob(
  'reconcile',
  z.object({ id: z.uuid() }),
  async ({ id }, ctx: BillingContext) => void (await reconcile(id, ctx)),
)

/** By the clock, and by operators. Answers the run that there is already, if one is at work. */
export async function beginReconciliation(ctx: BillingContext): Promise<string> {
  return (await beginRun(ctx, { job: reconcileJob })).id
}

export const reconcileCommand: Command<BillingContext> = {
  name: 'billing reconcile',
  summary: 'Compares everything with the payment provider, repairs what differs and counts it by what it is.',
  async run({ args }, ctx) {
    if (args.length > 0) throw new ConfigError('billing reconcile takes no arguments.')
    const { id, begun } = await beginRun(ctx, {})
    if (!begun) return `A comparison is running already: ${id}.`
    const done = await reconcile(id, ctx)
    if (!done) return `Another comparison took the place of this one (${id}).`
    const { compared, drifts, repaired } = done
    const kinds = await ctx.db
      .select({ what: drift.what, n: count() })
      .from(drift)
      .where(eq(drift.reconciliationId, id))
      .groupBy(drift.what)
      .orderBy(drift.what)
    const counted = kinds.map(({ what, n }) => `${n} × ${what}`)
    const summary = `Subscriptions compared: ${compared}. Differences: ${drifts}. Repaired of them: ${repaired}.`
    return [summary, ...counted, ...(drifts > 0 ? ['Operators see each of them under Drift.'] : [])].join('\n')
  },
}

export interface Outcome {
  compared: number
  lostWebhooks: number
  /** Differences, lost webhooks included, and how many of them there are no more. */
  drifts: number
  repaired: number
}

/**
 * Makes what we know what Stripe knows, and notes where it was not. First everything is read page by page; who differs is
 * looked at again alone, and is no drift if a webhook on its way explains it. Undefined for a run that is over, or in
 * whose place another one is at work.
 */
export async function reconcile(id: string, ctx: BillingContext): Promise<Outcome | undefined> {
  const run = await resumeRun(id, ctx)
  if (!run) return undefined
  try {
    const onPage = () => keepAlive(run, ctx)
    const { suspicions, strangers, compared } = await findSuspects({ since: await lastFinished(ctx), onPage }, ctx)
    await settleAll(run, suspicions, ctx)
    await noteStrangers(run, strangers, ctx)
    await confirmAll(run, ctx)
    const outcome = { compared, ...(await countDrift(run, ctx)) }
    await finishRun(run, outcome, ctx)
    if (outcome.drifts > 0)
      ctx.log.warn({ reconciliation: id, ...outcome }, 'there was drift from the payment provider')
    else ctx.log.info({ reconciliation: id, compared }, 'everything is what the payment provider says')
    return outcome
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error
    ctx.log.warn({ reconciliation: id }, 'another reconciliation is at work; this one ends')
    return undefined
  }
}

/** Suspects that are looked at before Stripe is asked what it is about to tell. */
const BATCH = 25

async function settleAll(run: Run, suspicions: ReadonlyMap<string, Suspicion>, ctx: BillingContext): Promise<void> {
  const all = [...suspicions]
  const attempt = failuresOf(ctx)
  for (let at = 0; at < all.length; at += BATCH) {
    const findings: Finding[] = []
    for (const [organizationId, suspicion] of all.slice(at, at + BATCH)) {
      await keepAlive(run, ctx)
      const found = await attempt(organizationId, () => lookAt(organizationId, suspicion, ctx.nextStep()))
      const finding = { organizationId, compared: undefined, differences: [], ...found, lost: suspicion.lost }
      if (finding.compared || finding.lost.length > 0) findings.push(finding)
    }
    if (findings.length === 0) continue
    // Read after them: what Stripe is about to tell now explains what was seen before.
    const told = await findTold(ctx)
    for (const finding of findings) {
      await keepAlive(run, ctx)
      await attempt(finding.organizationId, () => settle(run, { finding, told }, ctx.nextStep()))
    }
  }
}

/** Nothing where nothing differs. */
async function lookAt(
  organizationId: string,
  suspicion: Suspicion,
  ctx: BillingContext,
): Promise<Pick<Finding, 'compared' | 'differences'> | undefined> {
  const comparison = await compareCustomer(organizationId, ctx)
  if (!comparison) return undefined
  const { customer: compared } = comparison
  const differences = [...comparison.differences, ...(await furtherDifferences(compared, suspicion, ctx))]
  return differences.length > 0 ? { compared, differences } : undefined
}

/** What Stripe told meanwhile, or is about to tell, is no drift; it is read all the same. */
async function settle(
  { id: reconciliationId }: Run,
  { finding, told }: { finding: Finding; told: ReadonlySet<string> },
  ctx: BillingContext,
): Promise<void> {
  const { compared } = finding
  const isDrift =
    compared !== undefined &&
    compared.appliedSequence === compared.dirtySequence &&
    !told.has(compared.stripeCustomerId) &&
    (await isUntouched(compared, ctx))
  await repair({ ...finding, reconciliationId, differences: isDrift ? finding.differences : [] }, ctx)
}

async function noteStrangers(run: Run, strangers: readonly Stranger[], ctx: BillingContext): Promise<void> {
  const attempt = failuresOf(ctx)
  for (const { stripeCustomerId, subscriptionId, organizationId } of strangers) {
    await keepAlive(run, ctx)
    const found = await attempt(stripeCustomerId, () => readSubscription(subscriptionId, ctx.nextStep()))
    // Whoever became a customer meanwhile, or was erased, is no stranger.
    const known = await ownersOf([stripeCustomerId], ctx)
    if (!found || !isSubscribed(found.status) || known.size > 0) continue
    const about = { reconciliationId: run.id, organizationId, stripeCustomerId, stripeId: subscriptionId }
    const difference = { what: 'customer.unknown', ours: null, theirs: `${found.planId} ${found.status}` }
    await ctx.db
      .insert(drift)
      .values({ id: newId(), ...about, ...difference })
      .onConflictDoNothing()
  }
}

async function confirmAll(run: Run, ctx: BillingContext): Promise<void> {
  const attempt = failuresOf(ctx)
  const open = await ctx.db
    .selectDistinct({ organizationId: drift.organizationId })
    .from(drift)
    .where(and(openDrift(run.id), isNotNull(drift.organizationId)))
  for (const { organizationId } of open) {
    if (organizationId === null) continue
    await keepAlive(run, ctx)
    await attempt(organizationId, () => confirmRepairs({ reconciliationId: run.id, organizationId }, ctx.nextStep()))
  }
}

/** So many who fail one after the other because Stripe is away are no matter of theirs: the run is tried again later. */
const AWAY = 5

/** What goes wrong with one customer keeps nobody else's from being compared. */
function failuresOf(ctx: BillingContext) {
  let away = 0
  return async <T>(whose: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      const result = await patiently(work)
      away = 0
      return result
    } catch (error) {
      if (error instanceof Overtaken) throw error
      away = isUnavailable(error) ? away + 1 : 0
      if (away >= AWAY) throw error
      ctx.log.error({ whose, error: summarizeError(error) }, 'a customer could not be compared with Stripe')
      return undefined
    }
  }
}

async function countDrift({ id }: Run, { db }: BillingContext): Promise<Omit<Outcome, 'compared'>> {
  const mine = eq(drift.reconciliationId, id)
  const [[all], [open], [lost]] = await Promise.all([
    db.select({ n: count() }).from(drift).where(mine),
    db
      .select({ n: count() })
      .from(drift)
      .where(and(mine, isNull(drift.repairedAt))),
    db
      .select({ n: count() })
      .from(drift)
      .where(and(mine, eq(drift.what, 'webhook.lost'))),
  ])
  const drifts = all?.n ?? 0
  return { drifts, repaired: drifts - (open?.n ?? 0), lostWebhooks: lost?.n ?? 0 }
}
