import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { RELEASED } from '../src/migration/files.ts'

/** A workspace of two modules, each with a migration that is applied somewhere: for planting others in. */
export function buildHouse() {
  const root = mkdtempSync(join(tmpdir(), 'lightpress-migrations-'))
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=A tester', '-c', 'user.email=tester@example.com', ...args], {
      cwd: root,
      encoding: 'utf8',
    }).trim()
  const house = {
    root,
    git,
    folder: (module: string) => join('packages', module, 'module/migrations'),
    write(file: string, contents: string) {
      mkdirSync(dirname(join(root, file)), { recursive: true })
      writeFileSync(join(root, file), contents)
    },
    read: (file: string) => readFileSync(join(root, file), 'utf8'),
    remove: (file: string) => rmSync(join(root, file)),
    /** As drizzle-kit generate would: the file, its place in the journal, a snapshot that follows the one before. */
    migrate(module: string, { name, sql, when }: { name: string; sql: string; when?: number }) {
      const journal = join(house.folder(module), 'meta/_journal.json')
      const { entries } = JSON.parse(house.read(journal)) as { entries: { when: number }[] }
      const number = String(entries.length).padStart(4, '0')
      const tag = `${number}_${name}`
      const entry = { idx: entries.length, when: when ?? (entries.at(-1)?.when ?? 0) + 1, tag }
      const path = `${house.folder(module)}/${tag}.sql`
      house.write(path, sql)
      house.write(journal, JSON.stringify({ entries: [...entries, entry] }))
      house.write(
        snapshotOf(module, number),
        JSON.stringify({ id: idOf(entries.length), prevId: idOf(entries.length - 1) }),
      )
      return path
    },
    /** Takes back what was planted. */
    reset() {
      git('reset', '--quiet', '--hard', 'main')
      git('clean', '--quiet', '-fd')
    },
    tearDown: () => rmSync(root, { recursive: true }),
  }
  const snapshotOf = (module: string, number: string) => `${house.folder(module)}/meta/${number}_snapshot.json`

  git('init', '--quiet', '--initial-branch=main')
  house.write(RELEASED, '')
  for (const module of ['shop', 'gallery'])
    house.write(join(house.folder(module), 'meta/_journal.json'), '{"entries":[]}')
  house.migrate('gallery', { name: 'init', sql: 'CREATE TABLE "gallery"."picture" ("id" uuid PRIMARY KEY NOT NULL);' })
  house.migrate('shop', {
    name: 'init',
    sql: [
      'CREATE TABLE "shop"."wall" ("id" uuid PRIMARY KEY NOT NULL, "colour" text);',
      'CREATE TABLE "shop"."door" ("id" uuid PRIMARY KEY NOT NULL, "wall_id" uuid);',
      'CREATE INDEX "door_wall" ON "shop"."door" USING btree ("wall_id");',
    ].join('--> statement-breakpoint\n'),
  })
  git('add', '.')
  git('commit', '--quiet', '--message', 'What is applied somewhere')
  return house
}

function idOf(at: number): string {
  return `00000000-0000-0000-0000-${String(at + 1).padStart(12, '0')}`
}
