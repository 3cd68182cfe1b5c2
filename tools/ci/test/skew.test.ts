import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { auth } from '@lightpress/auth-contract'
import { readMails } from '@lightpress/mailbox'
import { createHttpClient, routesOf, type Client } from '@lightpress/protocol'
import { nightly, until } from '@lightpress/testing'
import { users } from '@lightpress/users-contract'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { workspace } from '../src/discover.ts'
import { rehearseFrom } from '../src/skew.ts'
import { rehearse, type Rehearsal } from '../src/skew/rehearse.ts'
import { buildHere, type BuiltRelease } from '../src/skew/release.ts'

let last: BuiltRelease
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lightpress-skew-'))
  last = await buildHere(workspace, ['api'])
})
afterAll(() => {
  last?.remove()
  rmSync(folder, { recursive: true })
})

describe('the rehearsal of a deployment', () => {
  it('comes to its end when the next release only adds, and both have served', async () => {
    const next = releaseWith('added', 'alter table users.person add column "planted" text;')
    const said: string[] = []
    await rehearse({ ...over(next), say: (line) => void said.push(line) })
    expect(said).toEqual([
      'The last release on its own schema',
      'The next release migrates beneath it',
      'The last release on the new schema',
      'Both releases side by side',
    ])
  }, 300_000)

  it.each([
    ['drops a column that the last one reads', 'alter table users.person drop column "time_zone";'],
    ['renames one', 'alter table users.person rename column "time_zone" to "zone";'],
    [
      'wants what the last one does not write',
      'alter table users.person add column "planted" text not null default gen_random_uuid(); alter table users.person alter column "planted" drop default;',
    ],
  ])('stops at the last release when the next one %s', async (name, sql) => {
    await expect(rehearse(over(releaseWith(name, sql)))).rejects.toThrow(/^The last release on the new schema: /)
  })

  it('stops at the migration when that cannot be done beneath the last one', async () => {
    const next = releaseWith('impossible', 'alter table users.person add column "planted" text not null;')
    await expect(rehearse(over(next))).rejects.toThrow(/^The next release migrates beneath it: .*contains null values/s)
  }, 300_000)

  it('proves nothing by a journey that asks nobody', async () => {
    await expect(rehearse({ ...over(last.folder), journey: async () => {} })).rejects.toThrow('was not asked anything')
  }, 300_000)
})

it('is refused where the queues of production are not at hand, instead of taking others', async () => {
  vi.stubEnv('PATH', join(folder, 'nowhere'))
  try {
    await expect(rehearseFrom('HEAD')).rejects.toThrow('There is no redis-server')
  } finally {
    vi.unstubAllEnvs()
  }
})

// Services apart, bundles by their own bundler, all journeys: some minutes.
if (nightly) it('is gone through with the whole product, from a commit', () => rehearseFrom('HEAD'), 1_800_000)

function over(next: string): Rehearsal {
  return { from: last.folder, to: next, topology: 'single', queue: 'postgres', journey: signUpAndReadMe }
}

/** The last release again, with one migration more. */
function releaseWith(name: string, sql: string): string {
  const next = join(folder, name.replaceAll(/\W+/g, '-'))
  cpSync(last.folder, next, { recursive: true })
  writeFileSync(join(next, 'apps/api/dist/migrations/users/9999_planted.sql'), sql)
  return next
}

/** The shortest way through three modules and back: a mail is sent by way of an event. */
const signUpAndReadMe: Rehearsal['journey'] = async ({ url, mailbox }) => {
  const email = `ada-${crypto.randomUUID()}@example.com`
  const password = 'correct horse battery'
  let token = ''
  const options = {
    baseUrl: url,
    headers: () => (token ? { authorization: `Bearer ${token}` } : {}) as Record<string, string>,
  }
  const doors: Client<typeof auth> = createHttpClient(routesOf(auth), options)
  const people: Client<typeof users> = createHttpClient(routesOf(users), options)
  await doors.signUp({ email, password, name: 'Ada Lovelace' })
  const mail = await until(
    async () =>
      (await readMails(mailbox)).find(({ to, html }) => to.includes(email) && html?.includes('/verify#token=')),
    (found) => found !== undefined,
  )
  const link = decodeURIComponent(/\/verify#token=([^"&\s]+)/.exec(mail?.html ?? '')?.[1] ?? '')
  token = (await doors.verifyEmail({ token: link, password })).accessToken ?? ''
  for (let times = 0; times < 4; times++)
    expect(await people.getMe()).toMatchObject({
      email,
      timeZone: expect.any(String),
    })
}
