import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { newId } from '@lightpress/kernel'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import { jsonIn, type Manifest, until, unzip } from '@lightpress/testing'
import { exportReady, users as contract } from '@lightpress/users-contract'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Ops, UsersContext } from '../src/context.ts'
import { forgetExports } from '../src/exports.ts'
import { announceFile, keepFile, sweepFiles } from '../src/files.ts'
import { prepareAgain, prepareExport } from '../src/prepare-export.ts'
import { dataExport, file, membership, organization, person } from '../src/schema.ts'
import { startUsers, type App } from './support.ts'
import { activityOf, createTeam, type Person } from './team.ts'

type Page = Output<Ops['exportData']>
type Asked = Input<Ops['exportData']>

/** What auth hands over; a test puts in its place what it needs. */
let answer: (asked: Asked) => Promise<Page> | Page
let app: App
let ctx: UsersContext
beforeAll(async () => {
  // No worker: when a job runs, and where it ends, is for the tests to say.
  app = await startUsers({ fakes: { auth: { exportData: (asked: Asked) => answer(asked) } }, env: { ROLES: 'http' } })
  ctx = contextOf(app)
})
beforeEach(() => {
  answer = threePages
})
afterAll(() => app.close())

describe('asking', () => {
  it('again while one is being prepared answers that one, at the same moment, too', async () => {
    const { client } = await app.createPerson()
    const asked = await Promise.all(Array.from({ length: 5 }, () => client.exportMe({})))
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1)
    expect(asked[0]).toMatchObject({ state: 'preparing', readyAt: null, expiresAt: null, bytes: null })
    expect((await client.listMyExports({})).items).toEqual([asked[0]])
    expect(await jobsOf(asked[0]?.id)).toHaveLength(1)
  })

  it('is limited to three within a day, of which those that failed do not count', async () => {
    const { client, userId } = await app.createPerson()
    for (let made = 0; made < 3; made += 1) await prepared(client)
    await expect(client.exportMe({})).rejects.toMatchObject({ code: 'limited', reason: 'users.too_many_requests' })
    const mine = eq(dataExport.subjectId, userId)
    const { items } = await client.listMyExports({})
    await ctx.db
      .update(dataExport)
      .set({ state: 'failed' })
      .where(eq(dataExport.id, items[0]?.id as string))
    await prepared(client)
    await expect(client.exportMe({})).rejects.toMatchObject({ retryAfter: expect.any(Number) as unknown })
    await ctx.db
      .update(dataExport)
      .set({ createdAt: sql`now() - interval '25 hours'` })
      .where(mine)
    expect(await client.exportMe({})).toMatchObject({ state: 'preparing' })
  })

  it('for an organisation is for its owners, and stands in its log once', async () => {
    const { id, people } = await createTeam(app, ['owner', 'admin', 'member', 'owner'])
    const [owner, admin, member, second] = people
    const stranger = await app.createPerson()
    const asked = await owner.client.exportOrganization({ id })
    expect(await second.client.exportOrganization({ id })).toEqual(asked)
    for (const { client } of [admin, member])
      await expect(client.exportOrganization({ id })).rejects.toMatchObject({ reason: 'users.role_too_low' })
    await expect(stranger.client.exportOrganization({ id })).rejects.toMatchObject({ code: 'not_found' })
    const log = await activityOf(app, id, 'export_requested')
    expect(log.map(({ actorId }) => actorId)).toEqual([owner.userId])
    expect((await second.client.listExports({ id })).items).toEqual([asked])
    await expect(admin.client.listExports({ id })).rejects.toMatchObject({ reason: 'users.role_too_low' })
  })

  it('needs a recent proof, and nobody in their place', async () => {
    const { userId, organizationId } = await app.createPerson()
    const old = app.as(contract, { userId, organizationId, authenticatedAt: Math.floor(Date.now() / 1000) - 3_600 })
    await expect(old.exportMe({})).rejects.toMatchObject({ reason: 'request.step_up_required' })
    const impersonator = app.as(contract, { userId, organizationId, impersonatorId: newId() })
    await expect(impersonator.exportMe({})).rejects.toMatchObject({ reason: 'request.impersonating' })
    await expect(impersonator.listMyExports({})).rejects.toMatchObject({ reason: 'request.impersonating' })
  })
})

describe('an archive', () => {
  it('holds what each module hands over, and says so in its manifest', async () => {
    const ada = await app.createPerson('Ada 💡 Lovelace')
    const picture = await givePicture(ada)
    const row = await prepared(ada.client)
    const files = await unzip(await download(ada, row.id))
    expect(jsonIn(files, 'auth/sessions.json')).toEqual([...sessions(0), ...sessions(1), ...sessions(2)])
    expect(jsonIn(files, 'auth/linked-sign-ins.json')).toEqual([{ issuer: 'https://example.com', about: ada.userId }])
    expect(jsonIn(files, 'auth/passkeys.json')).toEqual([])
    expect(files.get('users/picture.webp')).toEqual(picture)
    const manifest = jsonIn<Manifest>(files, 'manifest.json')
    expect(manifest).toMatchObject({
      version: 1,
      about: 'Everything that is held about a person',
      subject: { kind: 'person', id: ada.userId, name: 'Ada 💡 Lovelace' },
      requestedAt: row.requestedAt,
    })
    expect(manifest.files).toEqual(
      expect.arrayContaining([
        { path: 'auth/sessions.json', module: 'auth', name: 'sessions', rows: 6 },
        { path: 'auth/linked-sign-ins.json', module: 'auth', name: 'linked sign-ins', rows: 1 },
        { path: 'auth/passkeys.json', module: 'auth', name: 'passkeys', rows: 0 },
        { path: 'users/picture.webp', module: 'users', name: 'picture', rows: null },
      ]),
    )
    expect(new Set(manifest.files.map(({ path }) => path))).toEqual(
      new Set([...files.keys()].filter((path) => path !== 'manifest.json')),
    )
  })

  it('comes as a file that nobody keeps a copy of, for seven days', async () => {
    const ada = await app.createPerson()
    const row = await prepared(ada.client)
    const response = await fetchArchive(ada, row.id)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/zip',
      'content-length': String(row.bytes),
      'content-disposition': `attachment; filename="export-${row.requestedAt.slice(0, 10)}.zip"`,
      'cache-control': 'private, no-store',
    })
    expect((await response.arrayBuffer()).byteLength).toBe(row.bytes)
    const days = (Date.parse(row.expiresAt as string) - Date.parse(row.readyAt as string)) / 86_400_000
    expect(days).toBe(7)

    await eightDaysPass(row.id)
    expect((await fetchArchive(ada, row.id)).status).toBe(404)
    expect((await ada.client.listMyExports({})).items).toMatchObject([{ id: row.id, state: 'expired' }])
    expect(await app.internal.readExportMail({ exportId: row.id })).toEqual({ mail: null })
    await sweepFiles(ctx)
    expect(await filesOf(ada.userId)).toEqual([])
    expect(await stored()).not.toContain(row.file)
  })

  it('is forgotten a week after it was gone', async () => {
    const ada = await app.createPerson()
    const row = await prepared(ada.client)
    const age = (days: number) =>
      ctx.db
        .update(dataExport)
        .set({ createdAt: sql`now() - make_interval(days => ${days})` })
        .where(eq(dataExport.id, row.id))
    await age(14)
    await forgetExports(ctx)
    expect((await ada.client.listMyExports({})).items).toMatchObject([{ id: row.id }])
    await age(16)
    await forgetExports(ctx)
    expect((await ada.client.listMyExports({})).items).toEqual([])
  })

  it('takes a table of many pages with a little memory', async () => {
    const { id, people } = await createTeam(app, ['owner'])
    await fill(id, 10_000)
    answer = manyPages
    const asked = await people[0].client.exportOrganization({ id })
    const growth = await watchMemory(() => run(asked.id))
    const bytes = await download(people[0], asked.id, id)
    const manifest = jsonIn<Manifest>(await unzip(bytes), 'manifest.json')
    expect(manifest.files.find(({ path }) => path === 'auth/lines.json')?.rows).toBe(PAGES * 1_000)
    console.info(`${PAGES * 1_000} rows of 600 bytes and 10,000 members: ${Math.round(growth / 2 ** 20)} MiB more`)
    expect(growth).toBeLessThan((PAGES * 1_000 * 600) / 2)
  })

  it('takes longer than a request may, where the modules are slow', async () => {
    const { client } = await app.createPerson()
    answer = async (asked) => {
      await new Promise((resolve) => setTimeout(resolve, 3_600))
      return threePages(asked)
    }
    const { id } = await client.exportMe({})
    await run(id)
    expect((await client.listMyExports({})).items).toMatchObject([{ id, state: 'ready' }])
  })
})

describe('fetching', () => {
  it('is for the person alone', async () => {
    const [ada, eve] = [await app.createPerson(), await app.createPerson()]
    const row = await prepared(ada.client)
    expect((await fetchArchive(eve, row.id)).status).toBe(404)
    expect((await fetchArchive(ada, newId())).status).toBe(404)
    expect((await fetchArchive(ada, row.id, ada.organizationId)).status).toBe(404)
    const place = `/v1/users/me/exports/${row.id}/archive`
    expect((await fetch(app.baseUrl + place)).status).toBe(401)
    const impersonated = app.token({ userId: ada.userId, impersonatorId: eve.userId })
    expect((await fetch(app.baseUrl + place, bearer(impersonated))).status).toBe(403)
  })

  it('is for the owners of an organisation as they are now, whatever their token says', async () => {
    const { id, people } = await createTeam(app, ['owner', 'owner', 'admin'])
    const [first, second, admin] = people
    const row = await prepared(first.client, id)
    expect((await fetchArchive(second, row.id, id)).status).toBe(200)
    expect((await fetchArchive(admin, row.id, id)).status).toBe(403)
    await ctx.db.delete(membership).where(eq(membership.userId, first.userId))
    expect((await fetchArchive(first, row.id, id)).status).toBe(404)
    // Not by way of another organisation of theirs, either.
    expect((await fetchArchive(first, row.id, first.organizationId)).status).toBe(404)
    await ctx.db.update(organization).set({ closedAt: new Date() }).where(eq(organization.id, id))
    expect((await fetchArchive(second, row.id, id)).status).toBe(404)
  })

  it('is told by mail to whoever asked, while they may', async () => {
    const { id, people } = await createTeam(app, ['owner', 'owner'])
    const { id: exportId } = await people[0].client.exportOrganization({ id })
    const mail = () => app.internal.readExportMail({ exportId })
    expect(await mail()).toEqual({ mail: null })
    await run(exportId)
    const told = { userId: people[0].userId, organizationId: id, organizationName: 'Analytical Engines' }
    expect(await mail()).toEqual({ mail: told })
    await ctx.db.update(membership).set({ role: 'admin' }).where(eq(membership.userId, people[0].userId))
    expect(await mail()).toEqual({ mail: null })
  })
})

describe('whatever happens on the way', () => {
  it('an end anywhere leaves one archive and nothing else', async () => {
    for (const [at, bend] of Object.entries(ends)) {
      const { client, userId } = await app.createPerson()
      const { id } = await client.exportMe({})
      await expect(run(id, bend(ctx)), at).rejects.toThrow('the end')
      expect((await client.listMyExports({})).items).toMatchObject([{ state: 'preparing' }])
      await run(id)
      await run(id)
      expect(await readyEvents(id), at).toHaveLength(1)
      await anHourPasses(userId)
      await sweepFiles(ctx)
      const [left, ...more] = await filesOf(userId)
      expect([left?.state, more], at).toEqual(['live', []])
      expect(jsonIn(await unzip(await download({ userId }, id)), 'auth/passkeys.json')).toEqual([])
    }
    const known = (await ctx.db.select({ name: file.name }).from(file)).map(({ name }) => name)
    expect((await stored()).filter((name) => name !== 'partial' && !known.includes(name))).toEqual([])
  })

  it('nothing of it lies about while it is put together', async () => {
    const { client } = await app.createPerson()
    const { id } = await client.exportMe({})
    let seen: string[] = []
    answer = async (asked) => {
      // What is written by now has no name, so the end of the process is its end.
      seen = [...seen, ...(await readdir(tmpdir())).filter((name) => /^lightpress-[\da-f]{8}-/.test(name))]
      return threePages(asked)
    }
    await run(id)
    expect(seen).toEqual([])
  })

  it('two workers make one archive', async () => {
    const other = await app.startAnother({ ROLES: 'http' })
    try {
      const { client, userId } = await app.createPerson()
      const { id } = await client.exportMe({})
      await Promise.all([run(id), run(id, other.contextFor('users') as unknown as UsersContext)])
      expect(await readyEvents(id)).toHaveLength(1)
      await anHourPasses(userId)
      await sweepFiles(ctx)
      expect(await filesOf(userId)).toHaveLength(1)
    } finally {
      await other.close()
    }
  })

  it('whoever is erased meanwhile leaves no archive', async () => {
    const { client, userId } = await app.createPerson()
    const { id } = await client.exportMe({})
    answer = async (asked) => {
      await ctx.db.delete(dataExport).where(eq(dataExport.id, id))
      return threePages(asked)
    }
    await run(id)
    expect(await readyEvents(id)).toEqual([])
    await anHourPasses(userId)
    await sweepFiles(ctx)
    expect(await filesOf(userId)).toEqual([])
  })

  it('a module that is away is asked again, for a day; then it failed, and another can be asked for', async () => {
    const { client } = await app.createPerson()
    answer = () => {
      throw new AppError('unavailable', 'seam.neighbour_unavailable', 'Away.')
    }
    const { id } = await client.exportMe({})
    await expect(run(id)).rejects.toMatchObject({ code: 'unavailable' })
    await prepareAgain(ctx)
    expect(await jobsOf(id)).toHaveLength(1)
    await passes(id, { queuedAt: sql`now() - interval '31 minutes'` })
    await prepareAgain(ctx)
    await prepareAgain(ctx)
    expect(await jobsOf(id)).toHaveLength(2)
    await passes(id, { queuedAt: sql`now() - interval '31 minutes'`, createdAt: sql`now() - interval '25 hours'` })
    await prepareAgain(ctx)
    expect((await client.listMyExports({})).items).toMatchObject([{ id, state: 'failed' }])
    answer = threePages
    await run(id)
    expect((await client.listMyExports({})).items).toMatchObject([{ id, state: 'failed' }])
    const again = await prepared(client)
    expect(again.id).not.toBe(id)
  })
})

it('a worker does all of it by itself', async () => {
  const working = await startUsers({ fakes: { auth: { exportData: threePages } } })
  try {
    const ada = await working.createPerson()
    const { id } = await ada.client.exportMe({})
    const { items } = await until(
      () => ada.client.listMyExports({}),
      (list) => list.items[0]?.state === 'ready',
    )
    expect(items.map((item) => item.id)).toEqual([id])
    const told = (await working.outbox()).filter(({ type }) => type === exportReady.type)
    expect(told.map(({ payload }) => payload)).toEqual([{ exportId: id }])
  } finally {
    await working.close()
  }
})

/** Six sessions on three pages, a kind of thing that begins on the same page, and one of which there is nothing. */
function threePages({ subject, cursor }: Asked): Page {
  const at = Number(cursor ?? 0)
  const parts = [{ name: 'sessions', rows: sessions(at) }]
  if (at < 2) return { parts, nextCursor: String(at + 1) }
  const linked = { name: 'linked sign-ins', rows: [{ issuer: 'https://example.com', about: subject.id }] }
  return { parts: [...parts, linked, { name: 'passkeys', rows: [] }], nextCursor: null }
}

function sessions(page: number): Record<string, unknown>[] {
  return [0, 1].map((at) => ({ number: 2 * page + at, device: 'Firefox "on" ☂\n' }))
}

const PAGES = 300

function manyPages({ cursor }: Asked): Page {
  const at = Number(cursor ?? 0)
  const rows = Array.from({ length: 1_000 }, (_, number) => ({ at, number, text: `${Math.random()}`.repeat(30) }))
  return { parts: [{ name: 'lines', rows }], nextCursor: at + 1 < PAGES ? String(at + 1) : null }
}

/** Where a job can end, as the steps that it comes by see it. */
const ends: Record<string, (ctx: UsersContext) => UsersContext> = {
  'while it asks': (whole) => ({
    ...whole,
    nextStep() {
      throw new Error('the end')
    },
  }),
  'before it is stored': (whole) => bendStorage(whole, { put: () => Promise.reject(new Error('the end')) }),
  'once it is stored': (whole) =>
    bendStorage(whole, {
      async put(...args) {
        await whole.storage.put(...args)
        throw new Error('the end')
      },
    }),
  'while that is written down': (whole) => ({
    ...whole,
    withTx: (work) =>
      whole.withTx(async (tx) => {
        await work(tx)
        throw new Error('the end')
      }),
  }),
}

function bendStorage(whole: UsersContext, other: Partial<UsersContext['storage']>): UsersContext {
  return { ...whole, storage: { ...whole.storage, ...other } }
}

function contextOf(running: App): UsersContext {
  return running.contextFor('users') as unknown as UsersContext
}

async function run(exportId: string, context: UsersContext = contextOf(app)): Promise<void> {
  await prepareExport.run({ exportId }, context)
}

/** An export that is ready. */
async function prepared(client: Person['client'], organizationId?: string) {
  const asked = organizationId ? await client.exportOrganization({ id: organizationId }) : await client.exportMe({})
  await run(asked.id)
  const { items } = organizationId ? await client.listExports({ id: organizationId }) : await client.listMyExports({})
  const [row] = await ctx.db.select().from(dataExport).where(eq(dataExport.id, asked.id))
  return { ...(items.find(({ id }) => id === asked.id) as (typeof items)[number]), file: row?.file as string }
}

function fetchArchive({ userId }: Pick<Person, 'userId'>, id: string, organizationId?: string): Promise<Response> {
  const whose = organizationId ? `/v1/organizations/${organizationId}` : '/v1/users/me'
  return fetch(`${app.baseUrl}${whose}/exports/${id}/archive`, bearer(app.token({ userId })))
}

async function download(who: Pick<Person, 'userId'>, id: string, organizationId?: string): Promise<Uint8Array> {
  const response = await fetchArchive(who, id, organizationId)
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
  return new Uint8Array(await response.arrayBuffer())
}

function bearer(token: string): RequestInit {
  return { headers: { authorization: `Bearer ${token}` } }
}

async function givePicture({ userId }: Person): Promise<Buffer> {
  const picture = Buffer.from('a picture')
  const name = await announceFile({ kind: 'image', userId }, ctx)
  await ctx.storage.put(name, picture, { contentType: 'image/webp' })
  await ctx.withTx(async (tx) => {
    await keepFile(tx, name)
    await tx.update(person).set({ avatar: name }).where(eq(person.id, userId))
  })
  return picture
}

function filesOf(userId: string) {
  return ctx.db.select().from(file).where(eq(file.userId, userId))
}

/** The names of what lies in the storage. */
function stored(): Promise<string[]> {
  const location = ctx.config.STORAGE_URL
  if (location.kind !== 'disk') throw new TypeError('These tests look into a folder')
  return readdir(location.folder)
}

async function jobsOf(exportId: string | undefined) {
  return (await app.outbox()).filter(({ type, payload }) => type === 'prepare-export' && isFor(payload, exportId))
}

async function readyEvents(exportId: string) {
  return (await app.outbox()).filter(({ type, payload }) => type === exportReady.type && isFor(payload, exportId))
}

function isFor(payload: unknown, exportId: string | undefined): boolean {
  return (payload as { exportId: string }).exportId === exportId
}

async function passes(id: string, columns: Record<string, unknown>): Promise<void> {
  await ctx.db.update(dataExport).set(columns).where(eq(dataExport.id, id))
}

async function eightDaysPass(id: string): Promise<void> {
  const [row] = await ctx.db
    .update(dataExport)
    .set({ expiresAt: sql`${dataExport.expiresAt} - interval '8 days'` })
    .where(eq(dataExport.id, id))
    .returning({ name: dataExport.file })
  await ctx.db
    .update(file)
    .set({ removeAt: sql`${file.removeAt} - interval '8 days'` })
    .where(eq(file.name, row?.name as string))
}

async function anHourPasses(userId: string): Promise<void> {
  await ctx.db
    .update(file)
    .set({ removeAt: sql`${file.removeAt} - interval '61 minutes'` })
    .where(eq(file.userId, userId))
}

/** Members of an organisation, quickly. */
async function fill(organizationId: string, members: number): Promise<void> {
  await ctx.db.execute(sql`
    with made as (
      insert into users.person (id, email, email_key, name)
      select gen_random_uuid(), n || '@many.example', n || '@many.example', 'Member ' || n from generate_series(1, ${members}::int) n
      returning id)
    insert into users.membership (organization_id, user_id, role) select ${organizationId}::uuid, id, 'member' from made`)
}

/** By how many bytes this process grew at most while something ran. */
async function watchMemory(work: () => Promise<void>): Promise<number> {
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 10)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  return most - before
}
