import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ESLint } from 'eslint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workspace } from '../src/discover.ts'
import { findGraphProblems, readProjects, type Project } from '../src/graph.ts'
import { layers } from '../src/layers.ts'
import { copyWorkspace } from './copy-workspace.ts'

const boundary = '@nx/enforce-module-boundaries'

/** File, what stands in it, the rule that must find it, and what the graph test must say where it can see it. */
const planted: [file: string, source: string, rule: string, problem?: string][] = [
  [
    'packages/users/module/src/planted-neighbour.ts',
    "import { billing } from '@lightpress/billing'\nexport const neighbour = billing\n",
    boundary,
    '@lightpress/users (module) uses @lightpress/billing (module)',
  ],
  [
    'packages/auth/module/src/planted-path.ts',
    "import { users } from '../../../users/module/src/index.ts'\nexport const neighbour = users\n",
    boundary,
    '@lightpress/auth (module) uses @lightpress/users (module)',
  ],
  [
    'packages/notifications/module/test/planted-neighbour.test.ts',
    "import { billing } from '@lightpress/billing'\nexport const neighbour = billing\n",
    boundary,
    '@lightpress/notifications (module) uses @lightpress/billing (module)',
  ],
  [
    'packages/billing/contract/src/planted-kernel.ts',
    "import { newId } from '@lightpress/kernel'\nexport const id = newId()\n",
    boundary,
    '@lightpress/billing-contract (contract) uses @lightpress/kernel (kernel)',
  ],
  [
    'packages/protocol/src/planted-upwards.ts',
    "import { newId } from '@lightpress/kernel'\nexport const id = newId()\n",
    boundary,
    '@lightpress/protocol (protocol) uses @lightpress/kernel (kernel)',
  ],
  [
    'packages/kernel/src/planted-contract.ts',
    "import { users } from '@lightpress/users-contract'\nexport const contract = users\n",
    boundary,
    '@lightpress/kernel (kernel) uses @lightpress/users-contract (contract)',
  ],
  [
    'tools/bench/src/planted-module.ts',
    "import { users } from '@lightpress/users'\nexport const subject = users\n",
    boundary,
    '@lightpress/bench (tool) uses @lightpress/users (module)',
  ],
  [
    // Listed for its tests, so only lint can tell.
    'packages/billing/module/src/planted-tool.ts',
    "import { until } from '@lightpress/testing'\nexport const wait = until\n",
    boundary,
  ],
  [
    'apps/web/src/planted-schema.ts',
    "import { PlanId } from '@lightpress/billing-contract'\nexport const schema = PlanId\n",
    '@typescript-eslint/no-restricted-imports',
  ],
  [
    'packages/users/module/src/planted-driver.ts',
    "import pg from 'pg'\nexport const pool = pg.Pool\n",
    '@typescript-eslint/no-restricted-imports',
  ],
  [
    'packages/users/module/src/planted-transaction.ts',
    'export const change = (db: { transaction(work: () => void): void }) => db.transaction(() => undefined)\n',
    'no-restricted-syntax',
  ],
  [
    'packages/users/module/src/planted-environment.ts',
    'export const home = process.env.HOME\n',
    'no-restricted-syntax',
  ],
  [
    'packages/users/module/src/planted-promise.ts',
    'export function fire() {\n  Promise.resolve()\n}\n',
    '@typescript-eslint/no-floating-promises',
  ],
  [
    'packages/users/module/src/planted-any.ts',
    'export const anything: any = 1\n',
    '@typescript-eslint/no-explicit-any',
  ],
  [
    'packages/users/module/src/planted-ignore.ts',
    '// @ts-ignore\nexport const wrong: string = 1\n',
    '@typescript-eslint/ban-ts-comment',
  ],
  [
    // A comment that switches a rule off does not.
    'packages/users/module/src/planted-disable.ts',
    '/* eslint-disable */\nexport const anything: any = 1\n',
    '@typescript-eslint/no-explicit-any',
  ],
  [
    'packages/users/module/src/planted-switch.ts',
    "export function name(kind: 'a' | 'b') {\n  switch (kind) {\n    case 'a':\n      return 1\n  }\n  return 2\n}\n",
    '@typescript-eslint/switch-exhaustiveness-check',
  ],
  [
    'packages/users/module/test/planted-skip.test.ts',
    "import { it } from 'vitest'\nit.skip('later', () => undefined)\n",
    'no-restricted-syntax',
  ],
]

describe('this workspace', () => {
  const projects = readProjects(workspace)

  it('has every kind of project that the rules speak of, found by its tag', () => {
    const kinds = new Set(projects.flatMap(({ tags }) => tags.filter((tag) => tag.startsWith('type:'))))
    expect([...kinds].sort()).toEqual(
      Object.keys(layers)
        .map((layer) => `type:${layer}`)
        .sort(),
    )
  })

  it('has no edge against the rules, no project without a tag, no cycle', () => {
    expect(findGraphProblems(projects)).toEqual([])
  })
})

describe('faults planted in a copy', () => {
  const copy = copyWorkspace()
  let problems: string[]
  let found: Map<string, string[]>

  beforeAll(() => {
    for (const [file, source] of planted) copy.write(file, source)
    const manifest = JSON.parse(readFileSync(join(copy.root, 'tools/faults/package.json'), 'utf8')) as object
    copy.write('tools/faults/package.json', JSON.stringify({ ...manifest, nx: {} }))
    // Reading the graph also leaves it where ESLint looks for it.
    problems = findGraphProblems(readProjects(copy.root))
    found = lint(
      copy.root,
      planted.map(([file]) => file),
    )
  })
  afterAll(() => copy.remove())

  it.each(planted.map(([file, , rule]) => [file, rule]))('lint finds %s by %s', (file, rule) => {
    expect(found.get(file)).toContain(rule)
  })

  it.each(planted.flatMap(([file, , , problem]) => (problem === undefined ? [] : [[file, problem]])))(
    'the graph test finds %s',
    (_, problem) => {
      expect(problems).toContain(problem)
    },
  )

  it('the graph test finds a project that lost its tag, and a cycle', () => {
    expect(problems.join('\n')).toContain('@lightpress/faults needs one tag of type:')
    expect(problems.join('\n')).toMatch(
      /@lightpress\/(protocol → @lightpress\/kernel → @lightpress\/protocol|kernel → @lightpress\/protocol → @lightpress\/kernel) is a cycle/,
    )
  })

  it('`nx lint` fails for a project with a fault', () => {
    const { status, stdout } = run('nx', ['run', '@lightpress/protocol:lint'], copy.root)
    expect(status).not.toBe(0)
    expect(stdout).toContain(boundary)
  }, 180_000)

  function lint(cwd: string, files: string[]): Map<string, string[]> {
    const { stdout } = run('eslint', ['--format', 'json', ...files], cwd)
    const results = JSON.parse(stdout) as ESLint.LintResult[]
    return new Map(
      results.map(({ filePath, messages }) => [copy.relative(filePath), messages.map(({ ruleId }) => ruleId ?? '')]),
    )
  }
})

describe('the graph test tells', () => {
  const project = (name: string, tag: string, uses: string[] = [], forDevelopment: string[] = []): Project => ({
    name,
    root: `tools/${name}`,
    tags: [tag],
    uses,
    forDevelopment,
  })

  it('a longer cycle by its way round', () => {
    const round = [project('a', 'type:tool', ['b']), project('b', 'type:tool', ['c']), project('c', 'type:tool', ['a'])]
    expect(findGraphProblems(round)).toEqual(['a → b → c → a is a cycle'])
  })

  it('a tool in production from a tool in tests', () => {
    const tool = project('tool', 'type:tool')
    expect(findGraphProblems([tool, project('kernel', 'type:kernel', ['tool'], ['tool'])])).toEqual([])
    expect(findGraphProblems([tool, project('kernel', 'type:kernel', ['tool'])])).toEqual([
      'kernel (kernel) uses tool (tool)',
    ])
  })

  it('a module that carries the scope of another', () => {
    const stray = { ...project('m', 'type:module'), root: 'packages/users/module', tags: ['type:module', 'scope:auth'] }
    expect(findGraphProblems([stray])).toEqual(['m needs the tag scope:users; it has scope:auth'])
  })
})

function run(command: string, args: string[], cwd: string) {
  return spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NX_DAEMON: 'false' },
  })
}
