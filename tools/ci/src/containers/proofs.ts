import { developmentPeople } from '@lightpress/auth-contract'
import { appOf, catalogue } from 'infra'
import { setTimeout as sleep } from 'node:timers/promises'
import { readMails } from '@lightpress/mailbox'
import { Failure, messageOf } from '../deploy/failure.ts'
import { countDeliveries } from './deliveries.ts'
import { show } from './docker.ts'
import { until, untilHealthy, type Project } from './project.ts'
import { requestsTo, roll } from './roll.ts'
import { startTraffic } from './traffic.ts'
import { mailTo, signIn, signUp, type Place } from './visitor.ts'

export interface Proved extends Place {
  project: Project
  databaseUrl: string
}

/** One proof: does what it says, throws when it does not hold, and tells what was seen. */
export type Proof = (proved: Proved) => Promise<string>

/** `down --volumes` and `up`: nothing is left, and everything is there again, seeded people included. */
export const healsItself: Proof = async ({ project, ...place }) => {
  await signUp(place)
  await project.compose('down', '--volumes', '--timeout', '60')
  const began = performance.now()
  await project.up()
  const [, owner] = developmentPeople
  if (!owner) throw new Failure('Nobody is seeded.')
  const visitor = await signIn(place, owner)
  await visitor.billing.getSubscription()
  const { email } = await visitor.users.getMe()
  return `${Math.round((performance.now() - began) / 1_000)} s after \`up\` on empty volumes ${email} was signed in`
}

/** `--scale users-service=3`: each of the three gets requests. */
export const scales: Proof = async ({ project, ...place }) => {
  await project.compose('up', '--detach', '--no-deps', '--no-recreate', '--scale', 'users-service=3', 'users-service')
  const three = await project.containers('users-service')
  for (const container of three) await untilHealthy(container, 60)
  const since = new Date().toISOString()
  const visitor = await signUp(place)
  for (let at = 0; at < 30; at++) await visitor.users.getMe()
  const counts = await Promise.all(three.map((container) => requestsTo(container, since)))
  if (counts.length !== 3 || counts.includes(0)) throw new Failure(`Requests of three containers: ${counts.join(', ')}`)
  await project.compose('up', '--detach', '--no-deps', '--no-recreate', '--scale', 'users-service=1', 'users-service')
  return `requests went to all three: ${counts.join(', ')}`
}

/** The same journeys as everywhere, from this machine. */
export const journeys: Proof = async ({ url, mailbox }) => {
  const files = ['apps/api/test/journeys.test.ts']
  const vitest = ['node_modules/.bin/vitest', 'run', '--config', 'vitest.workspace.ts', '--project', '@lightpress/api']
  await show([...vitest, ...files], { JOURNEYS_URL: url, JOURNEYS_MAILBOX: mailbox })
  return 'all passed'
}

/**
 * Every service is replaced while people use all of them: old and new side by side, SIGTERM to the old. No request may
 * fail, and every event that was promised must have taken effect.
 */
export const deploysUnderLoad: Proof = async ({ project, databaseUrl, ...place }) => {
  const modules = catalogue.map(({ module }) => module)
  const visitors = await Promise.all([signUp(place), signUp(place), signUp(place), signUp(place)])
  const before = await countDeliveries(databaseUrl, modules)
  // The same sources as another commit: an image of its own.
  const next = `next-${Date.now()}`
  await project.compose('build', '--build-arg', `REVISION=${next}`, ...modules.map((module) => `migrate-${module}`))
  const stop = startTraffic(visitors)
  const [rolled] = await Promise.allSettled([rollAll(project, next)])
  const traffic = await stop()
  const { reads, writes, failures, slowest } = traffic
  const seen = `${reads} reads and ${writes} writes, the slowest took ${Math.round(slowest)} ms`
  if (failures.length > 0)
    throw new Failure(`Of ${seen}, ${failures.length} failed:\n${failures.slice(0, 20).join('\n')}`)
  if (rolled.status === 'rejected') throw new Failure(`${messageOf(rolled.reason)}\n${seen}, none failed`)
  const after = await countDeliveries(databaseUrl, modules)
  const promised = after.promised - before.promised
  if (promised < traffic.published)
    throw new Failure(`${traffic.published} changes were acknowledged, and ${promised} events promised.`)
  const arrived = after.arrived - before.arrived
  return [...rolled.value, `${seen}, none failed`, `${promised} events were promised, ${arrived} took effect`].join(
    '\n',
  )
}

async function rollAll(project: Project, next: string): Promise<string[]> {
  const lines: string[] = []
  for (const app of catalogue.map(appOf)) {
    const { from, to, ...seen } = await roll(app, project)
    if (to !== next || from === next) throw new Failure(`${app} went from ${from} to ${to}, and not to ${next}.`)
    const together = `the old answered ${seen.old} requests and the new ${seen.new} while both ran`
    if (seen.old === 0 || seen.new === 0) throw new Failure(`Of ${app} ${together}.`)
    lines.push(`${app}: ${together}; the old ended ${seen.stopped} ms after SIGTERM`)
  }
  return lines
}

/** A plan is paid for while notifications are away; the receipt comes when they are back, once. */
export const worksWithoutNotifications: Proof = async ({ project, ...place }) => {
  const visitor = await signUp(place)
  await project.compose('stop', '--timeout', '60', 'notifications-service')
  const { url } = await visitor.billing.startCheckout({ planId: 'pro', interval: 'month' })
  const card = { cardNumber: '4242 4242 4242 4242', cardExpiry: '12 / 34', cardCvc: '123' }
  const form = new URLSearchParams({ email: visitor.email, name: 'Grace Hopper', ...card })
  const paid = await fetch(url, { method: 'POST', body: form, redirect: 'manual' })
  if (paid.status !== 303) throw new Failure(`The payment page answered ${paid.status}.`)
  await until(
    () => visitor.billing.getSubscription(),
    ({ planId, status }) => planId === 'pro' && status === 'active',
    { what: 'The plan is not active', seconds: 30 },
  )
  const receipts = async () =>
    (await readMails(place.mailbox)).filter(
      ({ to, subject }) => to.includes(visitor.email) && subject.includes('receipt'),
    ).length
  if ((await receipts()) > 0) throw new Failure('A receipt came while notifications were away.')
  await project.compose('start', 'notifications-service')
  const back = performance.now()
  await mailTo(place, visitor.email, ({ subject }) => subject.includes('receipt'))
  const waited = Math.round(performance.now() - back)
  // What could come twice is in the queue by now, and out of it soon.
  await sleep(3_000)
  if ((await receipts()) !== 1) throw new Failure(`${await receipts()} receipts came.`)
  return `paid and active without notifications; the receipt came ${waited} ms after they were back, once`
}
