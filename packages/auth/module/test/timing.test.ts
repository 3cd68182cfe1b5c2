// Whether somebody has an address shows in nothing that auth answers: not in words, not in the work that is done, and
// (measured at night) not in the time that it takes.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { randomBytes, randomInt } from 'node:crypto'
import { Agent, request } from 'node:http'
import { newId } from '@lightpress/kernel'
import { emailKey } from '@lightpress/protocol'
import { nightly, type RunningModule } from '@lightpress/testing'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { account } from '../src/schema.ts'
import { newEmail, password, start } from './support.ts'

let app: RunningModule

beforeAll(async () => {
  // Without a relay and a worker, whose statements nobody asked for.
  app = await start({ ROLES: 'http', TRUSTED_PROXIES: '127.0.0.1' })
})
afterAll(() => app.close())
afterEach(() => vi.restoreAllMocks())

const operations: Record<string, { path: string; body: (email: string) => object; status: number }> = {
  'sign-up': { path: '/v1/auth/sign-up', body: (email) => ({ email, password, name: 'Ada Lovelace' }), status: 201 },
  'sign-in with a wrong password': {
    path: '/v1/auth/sign-in',
    body: (email) => ({ email, password: 'not this one, surely' }),
    status: 401,
  },
  'forgotten password': { path: '/v1/auth/password/forgot', body: (email) => ({ email }), status: 202 },
  'link to sign in with': { path: '/v1/auth/magic-link', body: (email) => ({ email }), status: 202 },
  'verification mail again': { path: '/v1/auth/email/verification', body: (email) => ({ email }), status: 202 },
}

/** Accounts of people who chose the same password. */
async function makeAccounts(count: number): Promise<string[]> {
  const { db, passwords } = app.contextFor('auth') as unknown as AuthContext
  const passwordHash = await passwords.hash(password)
  const emails = Array.from({ length: count }, newEmail)
  await db
    .insert(account)
    .values(emails.map((email) => ({ userId: newId(), email, emailKey: emailKey(email), passwordHash })))
  return emails
}

interface Answer {
  status: number
  headers: string[]
  body: unknown
  /** Milliseconds until the whole answer was there. */
  took: number
}

/** A visitor from an address of their own, so that no limit is felt. */
function ask(port: number, { path, body }: { path: string; body: object }, agent?: Agent): Promise<Answer> {
  const text = JSON.stringify(body)
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    // As from a page of ours: some is for those only.
    origin: `http://127.0.0.1:${port}`,
    'x-forwarded-for': `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`,
  }
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method: 'POST', headers, agent }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const took = performance.now() - began
        const { requestId: _, ...said } = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>
        resolve({ status: response.statusCode ?? 0, headers: comparable(response.rawHeaders), body: said, took })
      })
    })
    asked.on('error', reject)
    asked.end(text)
  })
}

/** Names and values in order, without what differs for everybody: the date, the id of the request, random cookies. */
function comparable(raw: readonly string[]): string[] {
  return raw.flatMap((name, at) => {
    if (at % 2 === 1) return []
    const value = ['date', 'x-request-id'].includes(name.toLowerCase()) ? '' : (raw[at + 1] as string)
    return [`${name}: ${name.toLowerCase() === 'set-cookie' ? value.replace(/=[^;]*/, '=') : value}`]
  })
}

describe.each(Object.entries(operations))('%s', (_, { path, body, status }) => {
  it('says the same of an address that somebody has and of one that nobody has', async () => {
    const [known] = (await makeAccounts(1)) as [string]
    const answers = []
    for (const email of [known, newEmail()]) answers.push(await ask(app.port, { path, body: body(email) }))
    const [ofKnown, ofUnknown] = answers.map(({ took: _took, ...said }) => said)
    expect(ofKnown).toEqual(ofUnknown)
    expect(ofKnown).toMatchObject({ status })
  })

  it('does the same work for both: statement for statement, hash for hash', async () => {
    const [known] = (await makeAccounts(1)) as [string]
    const { passwords } = app.contextFor('auth') as unknown as AuthContext
    const hashing = [vi.spyOn(passwords, 'hash'), vi.spyOn(passwords, 'matches')] as const
    const query = vi.spyOn(pg.Client.prototype, 'query')
    const works = []
    for (const email of [known, newEmail()]) {
      query.mockClear()
      for (const spy of hashing) spy.mockClear()
      await ask(app.port, { path, body: body(email) })
      works.push({ statements: statementsOf(query.mock.calls), hashes: hashing.map((spy) => spy.mock.calls.length) })
    }
    expect(works[0]).toEqual(works[1])
    expect(works[0]?.statements.length).toBeGreaterThan(1)
  })
})

/** What was sent to the database, without what comes when it comes: the poll for revocations and keys, and wake-ups. */
function statementsOf(calls: readonly unknown[][]): string[] {
  return calls
    .map(([query]) => (typeof query === 'string' ? query : (query as { text: string }).text))
    .filter((text) => !/from "auth"\."(revocation|signing_key)"|pg_notify/.test(text))
}

const PAIRS = 2_000
const WARM_UP = 100

// Not among the tests at all by day: a test that is there and skipped would be one that never holds.
if (nightly)
  describe(`over ${PAIRS} pairs against a process of its own`, () => {
    let child: ChildProcess
    let port: number
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })

    beforeAll(async () => {
      child = fork(new URL('timing-process.ts', import.meta.url), [app.databaseUrl], { execArgv: [] })
      const [message] = (await once(child, 'message')) as [number]
      port = message
    })
    afterAll(async () => {
      agent.destroy()
      child.kill()
      await once(child, 'exit')
    })

    it.each(Object.entries(operations))(
      '%s takes as long for an address that somebody has as for one that nobody has, within a millisecond',
      async (name, { path, body, status }) => {
        const known = await makeAccounts(PAIRS + WARM_UP)
        const times = { known: [] as number[], unknown: [] as number[] }
        for (const [pair, email] of known.entries()) {
          const turns = [
            { kind: 'known', email },
            // As long as the other, and new.
            { kind: 'unknown', email: newEmail() },
          ] as const
          for (const turn of randomBytes(1).readUInt8() % 2 ? turns : turns.toReversed()) {
            const answer = await ask(port, { path, body: body(turn.email) }, agent)
            expect(answer.status).toBe(status)
            if (pair >= WARM_UP) times[turn.kind].push(answer.took)
          }
        }
        const [ofKnown, ofUnknown] = [median(times.known), median(times.unknown)]
        const differ = ofKnown - ofUnknown
        console.log(
          `${name}: ${ofKnown.toFixed(3)} ms known, ${ofUnknown.toFixed(3)} ms unknown, ${differ.toFixed(3)} ms`,
        )
        expect(Math.abs(differ)).toBeLessThan(1)
      },
      1_200_000,
    )
  })

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number
}
