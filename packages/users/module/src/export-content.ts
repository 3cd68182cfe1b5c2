import type { Output, Subject } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
import type { Archive } from './archive.ts'
import { modules, type ModuleName, type Ops, type UsersContext } from './context.ts'
import { organization, person } from './schema.ts'

/** What stands first in an archive's manifest; grows when what a program reads there changes. */
const VERSION = 1

interface Entry {
  path: string
  module: string
  name: string
  /** Null for what has none: a picture. */
  rows: number | null
}

/**
 * Everything that is held about somebody, as each module hands it over: an array a kind of thing, each as it was when it
 * was asked for, and a manifest that says what there is.
 */
export async function writeContent(
  archive: Archive,
  { subject, requestedAt }: { subject: Subject; requestedAt: Date },
  ctx: UsersContext,
): Promise<void> {
  const { name, picture } = await readSubject(subject, ctx)
  const entries: Entry[] = []
  for (const module of modules.toSorted()) {
    for await (const entry of writeModule(archive, { module, subject }, ctx)) entries.push(entry)
  }
  const image = picture === null ? null : await ctx.storage.read(picture)
  if (image) {
    const path = `users/picture.${picture?.split('.').at(-1) ?? ''}`
    await archive.add(path, image.body)
    entries.push({ path, module: 'users', name: 'picture', rows: null })
  }
  const manifest = {
    version: VERSION,
    about: `Everything that is held about ${subject.kind === 'person' ? 'a person' : 'an organisation'}`,
    subject: { ...subject, name },
    requestedAt: requestedAt.toISOString(),
    preparedAt: new Date().toISOString(),
    files: entries,
  }
  await archive.add('manifest.json', textOf(JSON.stringify(manifest, null, 2)))
}

/** A file for each kind of thing. Pages are asked for as they are written, so one of them is in memory at a time. */
async function* writeModule(
  archive: Archive,
  { module, subject }: { module: ModuleName; subject: Subject },
  ctx: UsersContext,
): AsyncGenerator<Entry> {
  const parts = partsOf(module, subject, ctx)
  let next = await parts.next()
  while (!next.done) {
    const { name } = next.value
    let rows = 0
    const path = `${module}/${name.replaceAll(' ', '-')}.json`
    await archive.add(path, sameName())
    yield { path, module, name, rows }

    async function* sameName() {
      yield '['
      for (; !next.done && next.value.name === name; next = await parts.next()) {
        const lines = next.value.rows.map((row, at) => `${rows + at === 0 ? '' : ','}\n${JSON.stringify(row)}`)
        rows += lines.length
        yield lines.join('')
      }
      yield '\n]\n'
    }
  }
}

type Part = Output<Ops['exportData']>['parts'][number]

/** All of one kind come one after the other. */
async function* partsOf(module: ModuleName, subject: Subject, ctx: UsersContext): AsyncGenerator<Part> {
  let cursor: string | null = null
  do {
    const page: Output<Ops['exportData']> = await ctx.nextStep().calls[module].exportData({ subject, cursor })
    yield* page.parts
    cursor = page.nextCursor
  } while (cursor !== null)
}

async function readSubject({ kind, id }: Subject, { db }: UsersContext) {
  const [found] =
    kind === 'person'
      ? await db.select({ name: person.name, picture: person.avatar }).from(person).where(eq(person.id, id))
      : await db
          .select({ name: organization.name, picture: organization.logo })
          .from(organization)
          .where(eq(organization.id, id))
  return found ?? { name: null, picture: null }
}

async function* textOf(text: string) {
  yield text
}
