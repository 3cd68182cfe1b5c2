import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Driver } from './driver.ts'
import { unserialisable } from './unserialisable.ts'

/** A fault that needs no luck: throws, with what went wrong, when the driver does not stand it. */
export interface Case {
  title: string
  connections: number
  run(driver: Driver, admin: pg.Client): Promise<void>
}

export const cases = {
  ownRows: {
    title: 'each caller gets its own rows, behind a parameter that cannot be serialised',
    connections: 1,
    async run({ query }) {
      const store = (value: unknown) => query`select ${value}::jsonb as value`
      // Known to the driver from now on, so that the next one is serialised when it is sent.
      await store({ amount: 1 })
      const answers = await Promise.all([
        outcome(query<{ who: string }>`select 'first' as who from pg_sleep(0.2)`),
        outcome(store(unserialisable('second'))),
        outcome(query<{ who: string }>`select 'third' as who`),
        outcome(query<{ who: string }>`select 'fourth' as who`),
      ])
      expectSame(answers, ['first', 'an error', 'third', 'fourth'])
    },
  },
  refusedParameter: {
    title: 'a transaction with a parameter that cannot be serialised is given up, and leaves its connection in order',
    connections: 1,
    async run({ query, transaction }, admin) {
      const store = (ask: Driver['query'], value: unknown) => ask`select ${value}::jsonb as value`
      await transaction(async (tx) => void (await store(tx, { amount: 1 })))
      const refused = transaction(async (tx) => {
        await tx`insert into faults.entry (transfer, account, amount) values (gen_random_uuid(), 1, 0)`
        await store(tx, unserialisable('refused'))
      })
      const answers = [
        await outcome(refused),
        await outcome(query<{ who: string }>`select 'next' as who`),
        await outcome(query<{ who: string }>`select 'after' as who`),
      ]
      expectSame(answers, ['an error', 'next', 'after'])
      const { rowCount } = await admin.query('select from faults.entry')
      expectSame([String(rowCount)], ['0'])
    },
  },
  wholeTransaction: {
    title: 'a transaction whose backend ended is given up whole, and the next one works',
    connections: 1,
    async run({ query, transaction }, admin) {
      const enter = (ask: Driver['query'], account: number) =>
        ask`insert into faults.entry (transfer, account, amount) values (gen_random_uuid(), ${account}, 0)`
      const lost = outcome(
        transaction(async (tx) => {
          const [backend] = await tx<{ pid: number }>`select pg_backend_pid() as pid`
          await enter(tx, 1)
          await admin.query('select pg_terminate_backend($1)', [backend?.pid])
          await sleep(200)
          await enter(tx, 2)
        }),
      )
      // Waits for the same connection, and so makes the driver open it anew.
      const other = outcome(query<{ who: string }>`select 'other' as who`)
      expectSame([await lost, await other], ['an error', 'other'])
      await transaction(async (tx) => void (await enter(tx, 3)))
      const { rows } = await admin.query<{ account: number }>('select account from faults.entry')
      expectSame(
        rows.map(({ account }) => String(account)),
        ['3'],
      )
    },
  },
  idleConnection: {
    title: 'a backend that ends while nobody uses it is replaced unseen',
    connections: 2,
    async run({ query }, admin) {
      const [backend] = await query<{ pid: number }>`select pg_backend_pid() as pid`
      await admin.query('select pg_terminate_backend($1)', [backend?.pid])
      await sleep(200)
      expectSame([await outcome(query<{ who: string }>`select 'mine' as who`)], ['mine'])
    },
  },
} as const satisfies Record<string, Case>

export type CaseName = keyof typeof cases

/** What a caller was told: the name in its row, that it failed, or nothing within two seconds. */
async function outcome(asked: Promise<unknown>): Promise<string> {
  const told = asked.then(
    (rows) => (Array.isArray(rows) ? String((rows[0] as { who?: string } | undefined)?.who) : 'done'),
    () => 'an error',
  )
  return Promise.race([told, sleep(2_000, 'silence')])
}

function expectSame(got: readonly string[], wanted: readonly string[]): void {
  if (got.join() !== wanted.join()) throw new Error(`wanted ${wanted.join(', ')}; got ${got.join(', ')}`)
}
