import { randomBytes, randomInt } from 'node:crypto'
import { requires } from '@lightpress/local'
import { readMails } from '@lightpress/mailbox'
import { nightly } from '@lightpress/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issueApiKey } from './support/belongings.ts'
import { findTraces, leaveTraces, receiptOf, toLines } from './support/erased.ts'
import { mailTo, newPerson, signIn, signUp, until, verify } from './support/person.ts'
import { createWorld, enlist, joinWorld, newSession, type Member, type World } from './support/world.ts'

/** A second once auth has heard of it, which it does by an event; the rest is for a machine that is busy. */
const ENDED_WITHIN = 15_000

describe.each(['single', 'split'] as const)('everything about somebody, with the processes %s', (topology) => {
  let world: World
  let host: Member
  beforeAll(async () => {
    world = await createWorld(topology)
    host = await joinWorld(world, 'Grace Hopper')
  })
  afterAll(() => world?.close())

  it('is erased as foreseen, and nothing names them afterwards', async () => {
    const { member, own, traces } = await leaveTraces(world, host)
    for (const trace of Object.values(traces)) expect(await findTraces(world, [trace])).not.toEqual([])
    const plan = await member.users.previewMyErasure()
    expect(plan.organizations.map(({ id, fate }) => [id, fate])).toEqual(
      expect.arrayContaining([...own.map((id) => [id, 'erased']), [host.identity.organizationId, 'left']]),
    )
    const { avatarUrl } = await member.users.getMe()
    await member.users.eraseMe()

    const receipt = await receiptOf(world, member.identity.userId)
    const isGoing = ({ name, outcome }: { name: string; outcome: string }) =>
      (outcome === 'deleted' || outcome === 'emptied') && name !== 'customer at the payment provider'
    // What ends leaves traces itself, which go as well; and which mails were asked for by their address is found out then.
    const grown = ['devices and addresses in the security log', 'events of the payment provider', 'e-mails']
    const lines = (items: typeof receipt) =>
      toLines(items.filter(isGoing).map((item) => (grown.includes(item.name) ? { ...item, count: 0 } : item)))
    expect(lines(receipt)).toEqual(lines(plan.items))
    expect(receipt).toContainEqual(
      expect.objectContaining({ module: 'billing', name: 'subscriptions', outcome: 'cancelled', count: 1 }),
    )
    // Where the receipt goes is known for a day.
    await mailTo(world.stack, member.email, ({ subject }) => /erased|deleted/i.test(subject))
    await until(
      () => findTraces(world, Object.values(traces)),
      (tables) => tables.join() === 'users.erasure',
    )
    await world.database.query('update users.erasure set contact = null where subject_id = $1', [
      member.identity.userId,
    ])
    expect(await findTraces(world, Object.values(traces))).toEqual([])
    await until(
      async () => (await fetch(`${world.stack.url}${avatarUrl}`)).status,
      (status) => status === 404,
    )
  }, 180_000)

  it('is erased of whoever has just signed up, and was written to by their address alone', async () => {
    const member = await joinWorld(world, `Zerafina ${randomBytes(5).toString('hex')}`)
    const texts = [member.email, member.name]
    await until(
      () => findTraces(world, texts),
      (tables) => tables.includes('notifications.message'),
    )
    await member.users.eraseMe()
    const receipt = await receiptOf(world, member.identity.userId)
    expect(toLines(receipt)).toContain('notifications: e-mails emptied 1')
    await mailTo(world.stack, member.email, ({ subject }) => /erased|deleted/i.test(subject))
    expect(await findTraces(world, texts)).toEqual(['users.erasure'])
  })

  it('leaves them no way in, and their address to whoever has it', async () => {
    const { member } = await leaveTraces(world, host)
    const key = await issueApiKey(world, member, ['billing:read'])
    await member.users.eraseMe()
    await until(
      async () =>
        (await world.send(world.stack, { method: 'GET', path: '/v1/users/me', headers: bearer(member) })).status,
      (status) => status === 401,
      ENDED_WITHIN,
    )
    await until(
      async () =>
        (await world.send(world.stack, { method: 'GET', path: '/v1/billing/subscription', headers: key })).status,
      (status) => status === 401,
      ENDED_WITHIN,
    )
    await expect(signIn(member)).rejects.toMatchObject({ code: 'unauthenticated' })
    await expect(member.auth.refreshToken({ refreshToken: member.refreshToken ?? '' })).rejects.toMatchObject({
      code: 'unauthenticated',
    })
    await receiptOf(world, member.identity.userId)

    const again = Object.assign(newPerson(world.stack, 'Somebody new'), { email: member.email })
    const links = async () =>
      (await readMails(world.stack.mailbox)).filter(
        ({ to, html }) => to.includes(again.email) && html?.includes('/verify#token='),
      )
    const before = (await links()).length
    await again.auth.signUp({ email: again.email, password: again.password, name: again.name })
    await until(links, (mails) => mails.length > before)
    await verify(world.stack, again)
    const me = await again.users.getMe()
    expect(me).toMatchObject({ name: 'Somebody new', email: member.email })
    expect(me.id).not.toBe(member.identity.userId)
    expect((await again.users.listOrganizations()).items).toHaveLength(1)
  }, 180_000)

  it('that belongs to an organisation is erased with it, and nobody acts in it any more', async () => {
    const owner = await signUp(world.stack, 'Katherine Johnson')
    const { id } = await owner.users.createOrganization({ name: 'Trajectories of tomorrow' })
    const member = await joinWorld(world, 'Dorothy Vaughan')
    await enlist(world, member, { organizationId: id, role: 'admin' })
    const headers = await newSession(world, member)
    const key = await issueApiKey(world, member, ['billing:read'])
    const look = (sent: Record<string, string>) =>
      world.send(world.stack, { method: 'GET', path: '/v1/billing/subscription', headers: sent })
    expect((await look(headers)).status).toBe(200)
    await owner.users.eraseOrganization({ id })
    for (const sent of [headers, key]) {
      await until(
        async () => (await look(sent)).status,
        (status) => status === 401,
        ENDED_WITHIN,
      )
    }
    await receiptOf(world, id)
    await until(
      () => findTraces(world, ['Trajectories of tomorrow']),
      (tables) => tables.join() === 'users.erasure',
    )
    expect((await signInAgain(member)).items.map((organization) => organization.id)).not.toContain(id)
  })

  async function signInAgain(member: Member) {
    await signIn(member)
    return member.users.listOrganizations()
  }
})

describe.runIf(requires('redis-server'))('an erasure whose processes are killed', () => {
  let world: World
  let host: Member
  beforeAll(async () => {
    world = await createWorld('split', { queue: 'redis' })
    host = await joinWorld(world, 'Grace Hopper')
  })
  afterAll(() => world?.close())

  it(
    'ends as if they had not been, with the same receipt',
    async () => {
      const calm = await leaveTraces(world, host)
      await calm.member.users.eraseMe()
      const expected = toLines(await receiptOf(world, calm.member.identity.userId))

      for (let round = 0; round < (nightly ? 25 : 1); round++) {
        const { member, traces } = await leaveTraces(world, host)
        const { userId } = member.identity
        let done = false
        const killed: string[] = []
        const kills = (async () => {
          while (!done) {
            await new Promise((resolve) => setTimeout(resolve, randomInt(20, 600)))
            const { name } = world.stack.services[randomInt(world.stack.services.length)] ?? { name: 'users' }
            killed.push(name)
            await world.stack.kill(name, 'SIGKILL')
            await world.stack.restart(name)
          }
        })()
        const isBegun = async () =>
          (await world.database.query('select from users.erasure where subject_id = $1', [userId])).rowCount === 1
        try {
          await until(async () => {
            await member.users.eraseMe().catch(() => undefined)
            return isBegun()
          }, Boolean)
          await receiptOf(world, userId, 120_000).catch(() => undefined)
        } finally {
          done = true
          await kills
        }
        const receipt = await receiptOf(world, userId, 120_000)
        expect([killed, toLines(receipt)]).toEqual([killed, expected])
        await mailTo(world.stack, member.email, ({ subject }) => /erased|deleted/i.test(subject))
        await until(
          () => findTraces(world, Object.values(traces)),
          (tables) => tables.join() === 'users.erasure',
        )
      }
    },
    (nightly ? 25 : 2) * 180_000,
  )
})

function bearer({ accessToken }: Member): Record<string, string> {
  return { authorization: `Bearer ${accessToken}` }
}
