import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { workspace } from '../src/discover.ts'
import { lintMigrations } from '../src/migration-lint.ts'
import { renderMigrations } from '../src/migration-report.ts'
import { hashOf, RELEASED } from '../src/migration/files.ts'
import { buildHouse } from './migrations-house.ts'

let house: ReturnType<typeof buildHouse>
beforeAll(() => {
  house = buildHouse()
})
afterEach(() => house.reset())
afterAll(() => house.tearDown())

const lint = (options = {}) => lintMigrations({ root: house.root, ...options })
const INIT = 'packages/shop/module/migrations/0000_init.sql'

/** The rules that one new migration of shop breaks. */
async function broken(sql: string): Promise<string[]> {
  house.migrate('shop', { name: 'planted', sql })
  const { findings } = await lint()
  return findings.map(({ rule }) => rule)
}

const borne: [string, string[]][] = [
  [
    'makes tables with their keys and indexes',
    [
      'CREATE TABLE "shop"."floor" ("id" uuid PRIMARY KEY NOT NULL, "wall_id" uuid NOT NULL, "count" integer DEFAULT 0 NOT NULL);',
      'ALTER TABLE "shop"."floor" ADD CONSTRAINT "floor_wall" FOREIGN KEY ("wall_id") REFERENCES "shop"."wall"("id") ON DELETE no action;',
      'CREATE UNIQUE INDEX "floor_wall" ON "shop"."floor" USING btree ("wall_id");',
    ],
  ],
  [
    'adds columns that may be null or have a default',
    [
      'ALTER TABLE "shop"."wall" ADD COLUMN "height" integer;',
      'ALTER TABLE "shop"."wall" ADD COLUMN "painted_at" timestamp with time zone DEFAULT now() NOT NULL;',
    ],
  ],
  [
    'adds a key that is checked later',
    [
      'ALTER TABLE "shop"."door" ADD CONSTRAINT "door_wall_fk" FOREIGN KEY ("wall_id") REFERENCES "shop"."wall"("id") NOT VALID;',
    ],
  ],
  ['checks what an earlier file has added', ['ALTER TABLE "shop"."door" VALIDATE CONSTRAINT "door_wall_fk";']],
  [
    'builds and drops indexes while others write',
    [
      '-- lightpress:no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS "wall_colour" ON "shop"."wall" USING btree ("colour");',
      'DROP INDEX CONCURRENTLY IF EXISTS "shop"."door_wall";',
    ],
  ],
  [
    'puts a few rows in',
    [`INSERT INTO "shop"."wall" ("id", "colour") VALUES ('00000000-0000-0000-0000-000000000001', 'white');`],
  ],
]

const refused: [string, string, string][] = [
  ['drops a table', 'DROP TABLE "shop"."wall";', 'ban-drop-table'],
  ['drops a column', 'ALTER TABLE "shop"."wall" DROP COLUMN "colour";', 'ban-drop-column'],
  ['renames a table', 'ALTER TABLE "shop"."wall" RENAME TO "partition";', 'renaming-table'],
  ['renames a column', 'ALTER TABLE "shop"."wall" RENAME COLUMN "colour" TO "color";', 'renaming-column'],
  [
    'changes the type of a column',
    'ALTER TABLE "shop"."wall" ALTER COLUMN "colour" SET DATA TYPE varchar(9);',
    'changing-column-type',
  ],
  [
    'wants a column that nobody fills',
    'ALTER TABLE "shop"."wall" ADD COLUMN "height" integer NOT NULL;',
    'adding-required-field',
  ],
  [
    'forbids what rows may have',
    'ALTER TABLE "shop"."wall" ALTER COLUMN "colour" SET NOT NULL;',
    'adding-not-nullable-field',
  ],
  [
    'allows what readers do not expect',
    'ALTER TABLE "shop"."wall" ALTER COLUMN "id" DROP NOT NULL;',
    'ban-drop-not-null',
  ],
  [
    'checks every row for a key',
    'ALTER TABLE "shop"."door" ADD CONSTRAINT "f" FOREIGN KEY ("wall_id") REFERENCES "shop"."wall"("id");',
    'adding-foreign-key-constraint',
  ],
  [
    'makes a column unique under a lock',
    'ALTER TABLE "shop"."wall" ADD CONSTRAINT "u" UNIQUE ("colour");',
    'disallowed-unique-constraint',
  ],
  [
    'indexes a table under a lock',
    'CREATE INDEX "wall_colour" ON "shop"."wall" ("colour");',
    'require-concurrent-index-creation',
  ],
  ['drops an index under a lock', 'DROP INDEX "shop"."door_wall";', 'require-concurrent-index-deletion'],
  [
    'builds an index while others write, in a transaction',
    'CREATE INDEX CONCURRENTLY IF NOT EXISTS "wall_colour" ON "shop"."wall" ("colour");',
    'not-additive',
  ],
  ['takes a default away', 'ALTER TABLE "shop"."wall" ALTER COLUMN "colour" DROP DEFAULT;', 'not-additive'],
  [
    'checks what it has added itself',
    [
      'ALTER TABLE "shop"."door" ADD CONSTRAINT "k" CHECK ("wall_id" IS NOT NULL) NOT VALID;',
      'ALTER TABLE "shop"."door" VALIDATE CONSTRAINT "k";',
    ].join('\n'),
    'constraint-missing-not-valid',
  ],
  ['drops a function', 'DROP FUNCTION "shop"."paint"();', 'not-additive'],
  [
    'replaces a function',
    'CREATE OR REPLACE FUNCTION "shop"."one"() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$;',
    'not-additive',
  ],
  [
    'lets a table do more than it did',
    'CREATE TRIGGER "t" BEFORE UPDATE ON "shop"."wall" FOR EACH ROW EXECUTE FUNCTION "shop"."f"();',
    'not-additive',
  ],
  ['makes an extension', 'CREATE EXTENSION pg_trgm;', 'not-additive'],
  ['hides what it does', 'DO $$ BEGIN PERFORM 1; END $$;', 'not-additive'],
  ['changes rows', `UPDATE "shop"."wall" SET "colour" = 'white';`, 'many-rows'],
  ['deletes rows', 'DELETE FROM "shop"."wall";', 'many-rows'],
  ['empties a table', 'TRUNCATE "shop"."wall";', 'many-rows'],
  ['copies rows', 'INSERT INTO "shop"."door" ("id") SELECT "id" FROM "shop"."wall";', 'many-rows'],
  ['makes a table elsewhere', 'CREATE TABLE "gallery"."frame" ("id" uuid PRIMARY KEY NOT NULL);', 'other-schema'],
  [
    'refers to a table elsewhere',
    'CREATE TABLE "shop"."frame" ("id" uuid PRIMARY KEY NOT NULL REFERENCES "gallery"."picture"("id"));',
    'other-schema',
  ],
  [
    'reads a table elsewhere in a function',
    'CREATE FUNCTION "shop"."count"() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM gallery.picture $$;',
    'other-schema',
  ],
  [
    'drops an index elsewhere',
    '-- lightpress:no-transaction\nDROP INDEX CONCURRENTLY IF EXISTS "gallery"."picture_name";',
    'other-schema',
  ],
  ['is none that PostgreSQL understands', 'CREATE TABEL "shop"."frame" ();', 'syntax'],
]

describe('a new migration', () => {
  // All of them at once: each file is judged by itself.
  const rules = new Map<string, string[]>()
  beforeAll(async () => {
    const planted = [
      ...borne.map(([what, statements]) => [what, statements.join('--> statement-breakpoint\n')] as const),
      ...refused.map(([what, sql]) => [what, sql] as const),
    ].map(([what, sql], at) => ({ what, path: house.migrate('shop', { name: `planted_${at}`, sql }) }))
    const { findings } = await lint()
    for (const { what, path } of planted)
      rules.set(
        what,
        findings.filter((finding) => finding.path === path).map(({ rule }) => rule),
      )
    house.reset()
  })

  it.each(borne)('may hold what %s', (what) => {
    expect(rules.get(what)).toEqual([])
  })

  it.each(refused)('is refused that %s', (what, _, rule) => {
    expect(rules.get(what)).toContain(rule)
  })

  it('knows a table from an earlier file as one that exists', async () => {
    house.migrate('shop', { name: 'floor', sql: 'CREATE TABLE "shop"."floor" ("id" uuid PRIMARY KEY NOT NULL);' })
    expect(await broken('CREATE INDEX "floor_id" ON "shop"."floor" ("id");')).toEqual([
      'require-concurrent-index-creation',
    ])
  })

  it('says where and what', async () => {
    const path = house.migrate('shop', {
      name: 'planted',
      sql: 'ALTER TABLE "shop"."wall" ADD COLUMN "height" integer;--> statement-breakpoint\nUPDATE "shop"."wall" SET "height" = 3;',
    })
    expect((await lint()).findings).toEqual([
      {
        path,
        line: 2,
        rule: 'many-rows',
        message: expect.stringContaining('let a job of the module do it in batches'),
      },
    ])
  })
})

describe('a reason', () => {
  const drop = 'ALTER TABLE "shop"."wall" DROP COLUMN "colour";'

  it('allows the statement below it what it names, and is told to the reviewer', async () => {
    const reason = 'Nothing has read it since the release of May.'
    const path = house.migrate('shop', {
      name: 'planted',
      sql: `-- lightpress:allow ban-drop-column: ${reason}\n${drop}`,
    })
    const linted = await lint()
    expect(linted.findings).toEqual([])
    expect(linted.waived).toMatchObject([{ path, line: 2, rule: 'ban-drop-column', reason }])
  })

  it.each([
    ['is missing', `-- lightpress:allow ban-drop-column:\n${drop}`, ['waiver', 'ban-drop-column']],
    ['is for another rule', `-- lightpress:allow ban-drop-table: It is empty.\n${drop}`, ['waiver', 'ban-drop-column']],
    [
      'stands above another statement',
      `-- lightpress:allow ban-drop-column: It is empty.\nSELECT 1;\n${drop}`,
      ['waiver', 'ban-drop-column'],
    ],
    [
      'is left over',
      '-- lightpress:allow ban-drop-column: It is empty.\nALTER TABLE "shop"."wall" ADD COLUMN "height" integer;',
      ['waiver'],
    ],
    ['is given to squawk alone', `-- squawk-ignore ban-drop-column\n${drop}`, ['waiver']],
  ])('counts for nothing when it %s', async (_, sql, rules) => {
    expect(await broken(sql)).toEqual(expect.arrayContaining(rules))
  })
})

describe('a change that says of its own file that it is released', () => {
  it('has it looked at all the same', async () => {
    const path = house.migrate('shop', { name: 'planted', sql: 'DROP TABLE "shop"."door";' })
    house.write(RELEASED, `${hashOf(house.read(path))}  ${path}\n`)
    const { fresh, findings } = await lint()
    expect(fresh.map((migration) => migration.path)).toEqual([path])
    expect(findings.map(({ rule }) => rule)).toContain('ban-drop-table')
  })
})

describe('what is applied somewhere', () => {
  it('is not looked at again, and stays as it is', async () => {
    house.git('checkout', '--quiet', '-b', 'later')
    expect(await lint()).toMatchObject({ fresh: [], findings: [], problems: [] })
  })

  it.each<[string, () => void, string]>([
    ['a file is edited', () => house.write(INIT, `${house.read(INIT)}\n`), `${INIT} was edited after it was applied`],
    ['a file is removed', () => house.remove(INIT), `${INIT} was removed after it was applied`],
    [
      'the journal is rewritten',
      () => {
        const file = 'packages/shop/module/migrations/meta/_journal.json'
        house.write(file, house.read(file).replace('"when":1', '"when":2'))
      },
      'shop/meta/_journal.json does not begin as at the base',
    ],
  ])('is held against the base when %s', async (_, plant, problem) => {
    plant()
    expect((await lint()).problems).toContainEqual(expect.stringContaining(problem))
  })

  it('is held against the list of releases where nobody knows the base', async () => {
    house.write(RELEASED, `${hashOf('something else')}  ${INIT}\n`)
    house.git('branch', '--quiet', '-m', 'main', 'trunk')
    try {
      const { problems, fresh } = await lint()
      expect(problems).toContainEqual(expect.stringContaining(`${INIT} was edited after it was applied (${RELEASED})`))
      expect(fresh.map(({ path }) => path)).toEqual(['packages/gallery/module/migrations/0000_init.sql'])
    } finally {
      house.git('branch', '--quiet', '-m', 'trunk', 'main')
    }
  })

  it('is an error where the base that was named is not here', async () => {
    await expect(lint({ base: 'f'.repeat(40) })).rejects.toThrow('is not in this clone: fetch it')
  })

  it('is not taken for new where git does not run, which alone knows it', async () => {
    vi.stubEnv('PATH', join(house.root, 'nowhere'))
    try {
      await expect(lint()).rejects.toThrow('spawnSync git ENOENT')
    } finally {
      vi.unstubAllEnvs()
    }
  })
})

describe('a folder of migrations', () => {
  it.each<[string, () => void, string]>([
    [
      'a file is not in the journal',
      () => house.write('packages/shop/module/migrations/0001_by_hand.sql', 'SELECT 1;'),
      'shop/0001_by_hand.sql is not in the journal',
    ],
    [
      'the journal names a file that is not there',
      () => house.remove(house.migrate('shop', { name: 'lost', sql: 'SELECT 1;' })),
      'shop/0001_lost.sql is in the journal and not in the folder',
    ],
    [
      'a file is not later than the one before',
      () => house.migrate('shop', { name: 'early', sql: 'SELECT 1;', when: 1 }),
      'shop/0001_early is not later than the one before it',
    ],
    [
      'two branches took the same number',
      () => {
        const path = house.migrate('shop', { name: 'mine', sql: 'SELECT 1;' })
        house.write(path.replace('0001_mine', '0001_theirs'), 'SELECT 1;')
      },
      'shop/0001_theirs.sql is not in the journal',
    ],
    [
      'a snapshot is missing',
      () => {
        house.migrate('shop', { name: 'bare', sql: 'SELECT 1;' })
        house.remove('packages/shop/module/migrations/meta/0001_snapshot.json')
      },
      'shop/meta/0001_snapshot.json is missing',
    ],
    [
      'a snapshot follows another than the one before it',
      () => {
        house.migrate('shop', { name: 'astray', sql: 'SELECT 1;' })
        house.write('packages/shop/module/migrations/meta/0001_snapshot.json', '{"id":"x","prevId":"y"}')
      },
      'shop/meta/0001_snapshot.json does not follow the one before it',
    ],
  ])('is no chain when %s', async (_, plant, problem) => {
    plant()
    expect((await lint()).problems).toContainEqual(expect.stringContaining(problem))
  })
})

describe('squawk', () => {
  it('is asked for even where there is nothing new, and nobody passes without it', async () => {
    await expect(lint({ squawk: join(house.root, 'nowhere') })).rejects.toThrow(
      'squawk does not run, so nothing is proved',
    )
  })

  it('is believed only when it reports', async () => {
    const mute = join(house.root, 'mute')
    writeFileSync(mute, '#!/bin/sh\n[ "$1" != --version ] || echo squawk 0\n', { mode: 0o755 })
    house.migrate('shop', { name: 'planted', sql: 'DROP TABLE "shop"."wall";' })
    await expect(lint({ squawk: mute })).rejects.toThrow('squawk answered what is not its report')
  })
})

describe('the comment on a change', () => {
  it('says when there is no migration', async () => {
    expect(renderMigrations(await lint())).toBe('## Migrations\n\nThis change brings no migration.\n')
  })

  it('shows the SQL, what is wrong with it and what was allowed', async () => {
    const path = house.migrate('shop', {
      name: 'planted',
      sql: '-- lightpress:allow ban-drop-table: It was never filled.\nDROP TABLE "shop"."door";\nDELETE FROM "shop"."wall"; -- ```',
    })
    const comment = renderMigrations(await lint())
    expect(comment).toContain(`### \`${path}\``)
    expect(comment).toContain('1 new, **1 problem** (squawk ')
    expect(comment).toContain('| 3 | `many-rows` | It changes rows that are in use')
    expect(comment).toContain('| 2 | `ban-drop-table` | allowed: It was never filled. |')
    expect(comment).toContain('````sql\n-- lightpress:allow')
  })
})

describe("the workspace's migrations", () => {
  it('are a chain in each module, unchanged since they were applied, and the new ones bear a deployment under load', async () => {
    const { findings, problems } = await lintMigrations({ root: workspace })
    expect(findings).toEqual([])
    expect(problems).toEqual([])
  })
})
