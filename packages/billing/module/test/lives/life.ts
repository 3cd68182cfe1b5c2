import { isAppError } from '@lightpress/protocol'
import { actions } from './actions/all.ts'
import type { House, Tenant } from './house.ts'
import { readTruth, type Truth } from './oracle.ts'
import { createRandom, type Random } from './random.ts'
import { Broken, checkAlways, checkAnswers, checkRows, checkSeats, checkTold, checkUsage } from './rules.ts'

export interface Plot {
  seed: number
  steps: number
  /** Steps that are left out, which finds those that matter. */
  without?: ReadonlySet<number>
}

/** An organisation in the middle of its life. */
export interface Life extends Tenant {
  house: House
  /** Of the step that is being taken. */
  random: Random
  /** Payment pages that were opened; people come back to them. */
  pages: string[]
  /** All that was used, in tasks. */
  used: number
  /** Adds to what the step tells. */
  tell(what: string): void
  /** Tells that the product said no; throws what is no such thing. */
  refused(error: unknown): void
  now(): Promise<number>
}

/** Lives it and tells its story; throws what was wrong, together with the story that led there. */
export async function live({ seed, steps, without = new Set() }: Plot, house: House): Promise<string> {
  const fate = createRandom(seed, 'fate')
  const manners = {
    seed,
    late: fate.pick([0, 0.3, 0.7]),
    twice: fate.pick([0, 0.3]),
    dropped: fate.pick([0, 0, 0, 0.15, 0.5]),
  }
  const storm = fate.pick([0, 0, 4, 12])
  const retries = fate.pick(['cancel', 'mark_unpaid', 'leave_past_due'] as const)
  house.mail.begin(manners)
  house.weather.calm()
  const tenant = await house.moveIn()
  const story = [
    `Letters: ${JSON.stringify(manners)}; of 100 requests to Stripe ${storm} fail; after the last retry: ${retries}`,
  ]
  const told: string[] = []
  let known = nobody
  const life: Life = Object.assign(tenant, {
    house,
    random: fate,
    pages: [],
    used: 0,
    tell: (what: string) => void told.push(what),
    refused(error: unknown) {
      if (!isAppError(error) || error.code === 'internal') throw error
      told.push(`refused: ${error.reason}`)
    },
    now: async () => (await tenant.control.clock.read()).now,
  })
  try {
    await tenant.control.settings.change({ retries: { days: [3, 5, 7], then: retries } })
    if (storm > 0) house.weather.turn(seed, storm)
    for (let step = 1; step <= steps; step += 1) {
      if (!without.has(step)) await take(step)
    }
    await rest('the end', createRandom(seed, 'end'))
    return `${story.join('\n')}\n`
  } catch (error) {
    const moment = await life.now().catch(() => 0)
    story.push(`${at(moment)}  ${told.join('; ')}  ← here`)
    const { message, stack } = error as Error
    const what = error instanceof Broken ? message : `${message}\n${stack ?? ''}`
    throw new Broken(`${what}\n\nThe life of SEED=${seed} STEPS=${steps}:\n${story.join('\n')}\n`, { cause: error })
  } finally {
    house.weather.calm()
    await house.quiet().catch(() => {})
    await tenant.moveOut()
  }

  async function take(step: number): Promise<void> {
    life.random = createRandom(seed, `step ${step}`)
    // Nothing happens at the same second as something else.
    await tenant.control.clock.moveBy(1 + life.random.below(90))
    const action = life.random.weighted(actions.filter(({ when }) => !when || when(known, life)))
    told.push(`${step}. ${action.name}`)
    try {
      await action.run(life, known)
    } catch (error) {
      life.refused(error)
    }
    if (life.random.chance(0.6)) await house.quiet()
    if (life.random.chance(0.4)) await house.mail.deliverSome(life.random)
    await look()
    checkAlways(known)
    story.push(`${at(await life.now())}  ${told.splice(0).join('; ')}  → ${standingOf(known)}`)
    if (life.random.chance(isToBeTold(known) ? 0.5 : 0.12)) {
      await rest(`after ${step}`, life.random)
      if (storm > 0) house.weather.turn(seed + step, storm)
    }
  }

  /** All that is under way arrives, and nothing fails any more: then everything has to be as it is at Stripe. */
  async function rest(when: string, random: Random): Promise<void> {
    told.push(`rest (${when})`)
    house.weather.calm()
    house.mail.prompt = true
    await comeToRest(random)
    if (house.mail.dropped.length > 0) {
      told.push(`reconciles (lost: ${house.mail.dropped.length})`)
      await house.reconcile()
    }
    await house.tick()
    await comeToRest(random)
    await look()
    await check(house.mail.dropped.length > 0 ? 0 : await lastTold())
    if (isToBeTold(known)) {
      // What only time brings is known once the product knows how late it is.
      await tenant.hear()
      await comeToRest(random)
      await house.tick()
      await look()
      await check(known.now)
    }
    house.mail.prompt = false
    story.push(`${at(await life.now())}  ${told.splice(0).join('; ')}  → ${standingOf(known)}`)
  }

  /** What arrives may cause more: seats that are brought to Stripe are told of again. */
  async function comeToRest(random: Random): Promise<void> {
    for (let round = 0; round < 2; round += 1) {
      await tenant.control.deliveries.settled()
      await house.mail.deliverAll(random)
      await house.quiet()
    }
  }

  /** `heard`: when Stripe spoke last, in seconds. */
  async function check(heard: number): Promise<void> {
    checkAlways(known)
    await checkRows(house, tenant, known)
    await checkAnswers(tenant, known, heard)
    await checkTold(house, tenant, known, heard)
    await checkUsage(house, life)
    checkSeats(tenant, known)
  }

  async function look(): Promise<void> {
    const id = await tenant.customerId()
    if (id !== undefined) known = await readTruth(tenant.stripe, id, await life.now())
  }

  async function lastTold(): Promise<number> {
    const { data } = await tenant.stripe.events.list({ type: 'customer.subscription.*', limit: 1 })
    return data[0]?.created ?? 0
  }
}

/** Whether there may be something that only now is told: that a payment failed, that a trial is about to end. */
function isToBeTold({ current }: Truth): boolean {
  return current?.status === 'past_due' || current?.status === 'trialing'
}

/** Of whom Stripe has never heard. */
const nobody: Truth = {
  now: 0,
  subscriptions: [],
  current: undefined,
  subscription: null,
  invoices: [],
  failedSince: null,
  failures: [],
}

function at(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')
}

function standingOf({ subscription: found, invoices }: Truth): string {
  const open = invoices.filter(({ status }) => status === 'open').length
  const what = found
    ? `${found.planId} by the ${found.interval}, ${found.seats} seats, ${found.status}${found.cancelAtPeriodEnd ? ', to end' : ''}${found.scheduled ? `, then ${found.scheduled.planId}` : ''}`
    : 'nothing'
  return `${what}; ${invoices.length} invoices${open > 0 ? `, ${open} open` : ''}`
}
