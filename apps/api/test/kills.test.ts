import pg from 'pg'
import { randomInt } from 'node:crypto'
import { requires } from '@lightpress/local'
import { readMails } from '@lightpress/mailbox'
import { nightly } from '@lightpress/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mailTo, newPerson, pay, signIn, signUp, until, verify, type Person } from './support/person.ts'
import { startStack, type Stack } from './support/stack.ts'

describe.runIf(requires('redis-server'))('processes that are killed', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack({ topology: 'split', queue: 'redis' })
  })
  afterAll(() => stack?.stop())

  const mailsTo = async (email: string) => (await readMails(stack.mailbox)).filter(({ to }) => to.includes(email))

  it('between commit and publish lose nothing', async () => {
    const ada = newPerson(stack)
    // Frozen, Redis takes nothing: the event is committed and cannot have been published.
    process.kill(stack.redis?.pid ?? 0, 'SIGSTOP')
    try {
      await ada.auth.signUp({ email: ada.email, password: ada.password, name: ada.name })
      await stack.kill('auth', 'SIGKILL')
    } finally {
      process.kill(stack.redis?.pid ?? 0, 'SIGCONT')
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(await mailsTo(ada.email)).toHaveLength(0)
    await stack.restart('auth')
    await mailTo(stack, ada.email)
    await verify(stack, ada)
    expect(await mailsTo(ada.email)).toHaveLength(1)
  })

  it('between handler and acknowledgement do nothing twice', async () => {
    const ada = newPerson(stack)
    const database = new pg.Client({ connectionString: stack.databaseUrl })
    await database.connect()
    const ask = async (sql: string) => (await database.query<{ count: number }>(sql)).rows[0]?.count ?? 0
    const handled = () => ask("select count(*)::int from notifications.inbox where type = 'users.user.created.v1'")
    try {
      await ada.auth.signUp({ email: ada.email, password: ada.password, name: ada.name })
      await mailTo(stack, ada.email)
      const before = await handled()
      // The handler waits for this lock; then Redis freezes, so that what it did can be committed and not acknowledged.
      await database.query('begin; lock table notifications.notification in access exclusive mode')
      await verify(stack, ada)
      await until(
        () =>
          ask(
            "select count(*)::int from pg_locks where not granted and relation = 'notifications.notification'::regclass",
          ),
        (waiting) => waiting > 0,
      )
      process.kill(stack.redis?.pid ?? 0, 'SIGSTOP')
      await database.query('commit')
      await until(handled, (count) => count === before + 1)
      await stack.kill('notifications', 'SIGKILL')
    } finally {
      process.kill(stack.redis?.pid ?? 0, 'SIGCONT')
      await database.end()
    }
    await stack.restart('notifications')
    // Long enough for the queue to give the job, which nobody acknowledged, to the new process.
    await until(
      async () =>
        (await fetch(`${stack.url}/v1/notifications`, { headers: { authorization: `Bearer ${ada.accessToken}` } }))
          .status,
      (status) => status === 200,
    )
    await new Promise((resolve) => setTimeout(resolve, 12_000))
    expect((await ada.notifications.listNotifications()).items).toHaveLength(1)
  })

  it('while their events are handled do nothing twice', async () => {
    const people = Array.from({ length: 12 }, (_, index) => newPerson(stack, `Person ${index}`))
    let done = false
    const kills = (async () => {
      while (!done) {
        await new Promise((resolve) => setTimeout(resolve, randomInt(100, 700)))
        await stack.kill('notifications', 'SIGKILL')
        await stack.restart('notifications')
      }
    })()
    for (const person of people) {
      await person.auth.signUp({ email: person.email, password: person.password, name: person.name })
      await new Promise((resolve) => setTimeout(resolve, randomInt(50, 300)))
    }
    done = true
    await kills
    for (const person of people) {
      await verify(stack, person)
      const { items } = await until(
        () => person.notifications.listNotifications(),
        (list) => list.items.length > 0,
      )
      expect(items).toHaveLength(1)
      expect(await mailsTo(person.email)).toHaveLength(1)
    }
  }, 180_000)

  /**
   * Which statement of a verification waits for a lock of ours; `exclusive` lets reads through. What is killed then has
   * done all before and nothing after.
   */
  const waits = {
    'before the id of the person is reserved': ['auth.registration in exclusive mode', 'update "auth"."registration"%'],
    'before users makes the person': ['users.person in exclusive mode', 'insert into "users"."person"%'],
    // The relay waits for it, too.
    'while users makes the person': ['users.outbox in exclusive mode', 'insert into "users"."outbox"%'],
    'between the person and the account': ['auth.account in exclusive mode', 'insert into "auth"."account"%'],
    'while the account is made': ['auth.refresh_token in exclusive mode', 'insert into "auth"."refresh_token"%'],
    'between the account and the first access token': [
      'auth.signing_key in access exclusive mode',
      'select % from "auth"."signing_key"%',
    ],
  } as const
  const verificationKills = Object.entries(waits).flatMap(([step, [lock, statement]], at) =>
    (['auth', 'users'] as const)
      .filter((_, which) => nightly || which === at % 2)
      .map((killed) => ({ step, lock, statement, killed })),
  )

  it.each(verificationKills)(
    '($killed) $step make one account, or none and a free address',
    async ({ lock, statement, killed }) => {
      const ada = newPerson(stack)
      await ada.auth.signUp({ email: ada.email, password: ada.password, name: ada.name })
      await mailTo(stack, ada.email)
      const database = new pg.Client({ connectionString: stack.databaseUrl })
      await database.connect()
      try {
        await database.query(`begin; lock table ${lock}`)
        const attempt = verify(stack, ada).then(
          () => 'verified',
          () => 'failed',
        )
        await until(
          async () => {
            // A transaction goes on seeing the activity that it saw first.
            await database.query('select pg_stat_clear_snapshot()')
            const { rows } = await database.query<{ waiting: number }>(
              `select count(*)::int as waiting from pg_stat_activity
               where pg_backend_pid() = any(pg_blocking_pids(pid)) and query like $1`,
              [statement],
            )
            return rows[0]?.waiting ?? 0
          },
          (waiting) => waiting > 0,
        )
        await stack.kill(killed, 'SIGKILL')
        await database.query('rollback')
        await attempt
      } finally {
        await database.end()
        await stack.restart(killed)
      }
      await goOn(ada)
    },
  )

  it(
    'anywhere in a verification make one account, or none and a free address',
    async () => {
      for (let round = 0; round < (nightly ? 100 : 1); round++) {
        const ada = newPerson(stack)
        await ada.auth.signUp({ email: ada.email, password: ada.password, name: ada.name })
        await mailTo(stack, ada.email)
        const killed = randomInt(2) === 0 ? 'auth' : 'users'
        const attempt = verify(stack, ada).catch(() => undefined)
        await new Promise((resolve) => setTimeout(resolve, randomInt(0, 60)))
        await stack.kill(killed, 'SIGKILL')
        await attempt
        await stack.restart(killed)
        await goOn(ada)
      }
    },
    (nightly ? 30 : 1) * 60_000,
  )

  /** Whatever had happened, a person can go on: with the link, or by signing in if it had worked already. */
  async function goOn(ada: Person) {
    await verify(stack, ada).catch(() => signIn(ada))
    await signIn(ada)
    expect((await ada.users.listOrganizations()).items).toHaveLength(1)
    const { items } = await until(
      () => ada.notifications.listNotifications(),
      (list) => list.items.length > 0,
    )
    expect(items).toHaveLength(1)
    expect(await mailsTo(ada.email)).toHaveLength(1)
  }

  it('while a payment comes in still make one receipt', async () => {
    const ada = await signUp(stack)
    const { url } = await ada.billing.startCheckout({ planId: 'pro', interval: 'month' })
    await stack.kill('billing', 'SIGKILL')
    await pay(url)
    await stack.restart('billing')
    await until(
      () => ada.billing.getSubscription(),
      ({ planId }) => planId === 'pro',
    )
    await mailTo(stack, ada.email, ({ html }) => html?.includes('12.00') ?? false)
    const { items } = await ada.notifications.listNotifications()
    expect(items.filter(({ category }) => category === 'billing')).toHaveLength(1)
    expect((await mailsTo(ada.email)).filter(({ html }) => html?.includes('12.00'))).toHaveLength(1)
  })

  it('that stay down take only their own part with them', async () => {
    const ada = await signUp(stack)
    await stack.kill('notifications', 'SIGKILL')
    try {
      const { url } = await ada.billing.startCheckout({ planId: 'pro', interval: 'year' })
      await pay(url)
      await until(
        () => ada.billing.getSubscription(),
        ({ planId }) => planId === 'pro',
      )
      await stack.kill('users', 'SIGKILL')
      expect(await ada.billing.getSubscription()).toMatchObject({ planId: 'pro' })
      await expect(ada.users.getMe()).rejects.toMatchObject({ code: 'unavailable', reason: 'gateway.unavailable' })
      await expect(signIn(ada)).rejects.toMatchObject({ code: 'unavailable', reason: 'seam.neighbour_unavailable' })
    } finally {
      await Promise.all([stack.restart('users'), stack.restart('notifications')])
    }
    await mailTo(stack, ada.email, ({ html }) => html?.includes('120.00') ?? false)
  })
})
