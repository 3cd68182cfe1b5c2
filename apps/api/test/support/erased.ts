// Somebody who leaves traces everywhere, and where these are.
import { randomBytes, randomInt } from 'node:crypto'
import { furnish } from './belongings.ts'
import { join } from './organizations.ts'
import { pay, until } from './person.ts'
import { joinWorld, type Member, type World } from './world.ts'

/** The smallest PNG. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)

export interface Traced {
  member: Member
  /** Organisations that go with them, the personal one first. */
  own: string[]
  /** Texts that only they brought here. */
  traces: { email: string; name: string; ip: string; device: string; organization: string }
}

/** Somebody of whom every module holds something, in an organisation of `host` as well. */
export async function leaveTraces(world: World, host: Member): Promise<Traced> {
  const mark = randomBytes(5).toString('hex')
  const name = `Zerafina ${mark}`
  const ip = `198.51.${randomInt(1, 255)}.${randomInt(1, 255)}`
  const device = `Mozilla/5.0 (Zera ${mark})`
  const organization = `Orchard ${mark}`
  const member = await joinWorld(world, name)
  const { identity } = member
  await world.send(serviceOf(world, 'auth'), {
    method: 'POST',
    path: '/v1/auth/sign-in',
    headers: { 'x-forwarded-for': ip, 'user-agent': device },
    body: JSON.stringify({ email: member.email, password: member.password }),
  })
  await furnish(world, member)
  const created = await member.users.createOrganization({ name: organization })
  // Begun and without a secret: a process of auth that starts opens each, to see whether it has the key.
  await world.database.query(`insert into auth.totp (user_id) values ($1)`, [identity.userId])
  await world.database.query(`insert into auth.recovery_code (user_id, hash) values ($1, 'hash')`, [identity.userId])
  await setPicture(world, member)
  await joinOrganizationOf(host, member, world)
  await subscribe(member)
  await until(
    () => member.notifications.listNotifications(),
    ({ items }) => items.some(({ category }) => category === 'billing'),
  )
  const own = [identity.organizationId ?? '', created.id]
  return { member, own, traces: { email: member.email, name, ip, device, organization } }
}

async function setPicture({ stack }: World, { accessToken }: Member) {
  const answer = await fetch(`${stack.url}/v1/users/me/avatar`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'image/png' },
    body: PICTURE,
  })
  if (!answer.ok) throw new Error(`The picture was not taken: ${answer.status} ${await answer.text()}`)
}

/** By the mail that they get; whoever looks after the organisation is told who came. */
async function joinOrganizationOf(host: Member, member: Member, { stack }: World) {
  await join(stack, host, member, { id: host.identity.organizationId ?? '' })
  await until(
    () => host.notifications.listNotifications(),
    ({ items }) => items.some(({ title }) => title.includes(member.name)),
  )
}

async function subscribe({ billing }: Member) {
  const { url } = await billing.startCheckout({ planId: 'pro', interval: 'month' })
  await pay(url)
  await until(
    () => billing.getSubscription(),
    ({ planId }) => planId === 'pro',
    60_000,
  )
}

/** Tables in which one of the texts stands, in any column of any row, whosever schema it is. */
export async function findTraces({ database }: World, texts: readonly string[]): Promise<string[]> {
  const { rows } = await database.query<{ schema: string; name: string }>(
    `select table_schema as schema, table_name as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1, 2`,
  )
  const looks = rows.map(
    ({ schema, name }) =>
      `select '${schema}.${name}' as found where exists (select from "${schema}"."${name}" as t, unnest($1::text[]) as trace
         where t::text ilike '%' || trace || '%')`,
  )
  const { rows: tables } = await database.query<{ found: string }>(looks.join(' union all '), [texts])
  return tables.map(({ found }) => found)
}

export interface Receipt {
  module: string
  name: string
  count: number
  outcome: string
}

/** Waits for the end of somebody's erasure. */
export async function receiptOf({ database }: World, subjectId: string, timeout = 60_000): Promise<Receipt[]> {
  const rows = await until(
    async () =>
      (
        await database.query<{ receipt: Receipt[]; finished_at: Date | null; position: number }>(
          'select receipt, finished_at, position from users.erasure where subject_id = $1',
          [subjectId],
        )
      ).rows,
    ([row]) => row !== undefined && row.finished_at !== null,
    timeout,
  )
  return rows[0]?.receipt ?? []
}

/** As lines to compare; of what is kept, only what it is, because the security log goes on. */
export function toLines(receipt: readonly Receipt[]): string[] {
  return receipt
    .map(({ module, name, count, outcome }) =>
      `${module}: ${name} ${outcome} ${outcome === 'kept' ? '' : count}`.trim(),
    )
    .sort()
}

function serviceOf({ stack }: World, name: string): { url: string } {
  const service = stack.services.find((one) => one.name === name) ?? stack.services[0]
  if (!service) throw new TypeError('There are no services')
  return service
}
