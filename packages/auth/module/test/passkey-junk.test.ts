import { nightly, seed, type RunningModule } from '@lightpress/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allowance, lockout } from '../src/schema.ts'
import { encodeCbor, base64Url, type Cbor } from './authenticator.ts'
import {
  beginSignIn,
  browserAt,
  newPersonWithPasskey,
  passkeyPaths,
  siteOf,
  startRegistration,
  startSignIn,
  startStepUp,
  startVerification,
} from './passkey-support.ts'
import { start, type Browser, type FakeUsers } from './support.ts'

// Whatever comes in place of any part of an answer: a refusal, never a failure of ours and never a session.

let app: RunningModule & { users: FakeUsers }
beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())

const bytes = fc.uint8Array({ maxLength: 300 }).map(base64Url)
const json = fc.json().map((text) => base64Url(Buffer.from(text)))
const cbor: fc.Arbitrary<string> = fc
  .letrec<{ item: Cbor }>((tie) => ({
    item: fc.oneof(
      { maxDepth: 3 },
      fc.integer({ min: -300, max: 70_000 }),
      fc.string({ maxLength: 20 }),
      fc.uint8Array({ maxLength: 60 }),
      fc
        .array(fc.tuple(fc.constantFrom('fmt', 'attStmt', 'authData', 'x5c', 'sig'), tie('item')), { maxLength: 5 })
        .map((pairs) => new Map(pairs)),
    ),
  }))
  .item.map((item) => base64Url(encodeCbor(item)))
const junk: fc.Arbitrary<unknown> = fc.oneof(
  bytes,
  json,
  cbor,
  fc.string(),
  fc.jsonValue(),
  fc.constant('A'.repeat(16_384)),
)

/** Every way to put something else in place of one part, however deep. */
function replacements(value: unknown, by: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [by]
  const parts = Object.entries(value).flatMap(([key, part]) =>
    replacements(part, by).map((replaced) => ({ ...value, [key]: replaced })),
  )
  return [by, ...parts]
}

interface Door {
  path: string
  begin: () => Promise<{ browser: Browser; answer: object; inputOf: (answer: unknown) => object }>
}

const doors: Record<string, Door> = {
  'a registration': {
    path: passkeyPaths.passkeys,
    async begin() {
      const { browser, authenticator } = await newPersonWithPasskey(app)
      const { ticket, options } = await startRegistration(browser)
      const answer = authenticator.create(options, siteOf(app))
      // Hints, and not part of what must hold.
      delete answer.response.transports
      return { browser, answer, inputOf: (answer) => ({ ticket, answer }) }
    },
  },
  'a sign-in': {
    path: passkeyPaths.signIn,
    async begin() {
      const { authenticator } = await newPersonWithPasskey(app)
      const browser = browserAt(app)
      const { ticket, options } = await startSignIn(browser)
      const answer = authenticator.get(options, siteOf(app))
      return { browser, answer, inputOf: (answer) => ({ ticket, answer }) }
    },
  },
  'a second factor': {
    path: passkeyPaths.verify,
    async begin() {
      const { email, authenticator } = await newPersonWithPasskey(app)
      const { browser, challenge } = await beginSignIn(app, email)
      const { ticket, options } = await startVerification(browser, challenge)
      const answer = authenticator.get(options, siteOf(app))
      // It is known already whose it is.
      delete answer.response.userHandle
      return { browser, answer, inputOf: (answer) => ({ challenge, ticket, answer }) }
    },
  },
  'a step-up': {
    path: passkeyPaths.stepUp,
    async begin() {
      const { browser, authenticator } = await newPersonWithPasskey(app)
      const { ticket, options } = await startStepUp(browser)
      const answer = authenticator.get(options, siteOf(app))
      delete answer.response.userHandle
      return { browser, answer, inputOf: (answer) => ({ proof: { kind: 'passkey', ticket, answer } }) }
    },
  },
}

describe.each(Object.entries(doors))('%s', (_, { path, begin }) => {
  it('answers junk in any place with a refusal, and then takes what is right', async () => {
    const { browser, answer, inputOf } = await begin()
    const { db } = app.contextFor('auth')
    const refused = async (by: unknown) => {
      for (const replaced of replacements(answer, by)) {
        const { status, body } = await browser.post(path, inputOf(replaced))
        expect(`${status} ${body.reason}`).toMatch(/^400 (request\.invalid|auth\.passkey_refused)$/)
        // Wrong ones are counted; here they are without number.
        await db.delete(lockout)
        await db.delete(allowance)
      }
    }
    await fc.assert(fc.asyncProperty(junk, refused), { numRuns: nightly ? 500 : 8, seed })
    expect((await browser.post(path, inputOf(answer))).status).toBeLessThan(300)
  })
})
