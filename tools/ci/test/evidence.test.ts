import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { workspace } from '../src/discover.ts'
import {
  digestOf,
  findDeadLinks,
  findEvidenceProblems,
  parseJudgements,
  standards,
  summarize,
  type Standard,
} from '../src/evidence.ts'

const root = mkdtempSync(join(tmpdir(), 'lightpress-evidence-'))
afterAll(() => rmSync(root, { recursive: true }))

const tests = `
  describe('the gate', () => {
    it('is shut', () => expect(1).toBe(1))
    it.skip('is watched', () => undefined)
    it.each([['at night', 1]])('opens to nobody %s', () => undefined)
  })`
const requirement = 'Verify that the gate is shut.'
const proved = '[is shut](../../garden/test/gate.test.ts)'
const words = digestOf([{ id: '1.1.1', level: 1, state: 'met', requirement, said: '' }])
const standard: Standard = { file: 'garden.md', ids: ['1.1.1'], digest: words, documented: [] }

/** The problems of a document that says so of the gate. */
function judge(said: string, { heading = '1.1.1 · L1 · met', text = requirement, more = '', summary = '' } = {}) {
  const labels = '[gate]: ../../garden/test/gate.test.ts'
  const sections = `## Gates\n\n### ${heading}\n\n> ${text}\n\n${said}\n\n## More gates\n\n${more}\n\n${labels}\n`
  write('garden/test/gate.test.ts', tests)
  write('docs/security/garden.md', `${summary || summarize(parseJudgements(sections))}\n\n${sections}`)
  return findEvidenceProblems(standard, root)
}

function write(file: string, text: string) {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}

describe('a document', () => {
  it('is believed when each claim names a test that runs', () => {
    expect(judge(`Always. ${proved}, [the gate › is shut](../../garden/test/gate.test.ts)`)).toEqual([])
    expect(judge('[opens to nobody %s](../../garden/test/gate.test.ts)')).toEqual([])
    expect(judge('[the gate ›\nat night][gate]')).toEqual([])
  })

  it('is not, when the test, its group or its file is gone, or the test is skipped', () => {
    const path = '../../garden/test/gate.test.ts'
    expect(judge(`[is open](${path})`)).toEqual([`garden.md: ${path} has no test "is open" that runs`])
    expect(judge(`[the door › is shut](${path})`)).toEqual([`garden.md: ${path} has no test "the door" that runs`])
    expect(judge(`[is watched](${path})`)).toEqual([`garden.md: ${path} has no test "is watched" that runs`])
    expect(judge('[is shut](../../garden/test/door.test.ts)')).toEqual([
      'garden.md: ../../garden/test/door.test.ts does not exist',
    ])
    expect(judge(`${proved} [is shut][door]`)).toEqual(['garden.md: [is shut] leads nowhere'])
    expect(judge(`${proved} [the plan](plan.md)`)).toEqual(['garden.md: plan.md does not exist'])
    expect(judge(`${proved} [below](#more-gates)`)).toEqual([])
    expect(judge(`${proved} [below](#fewer-gates)`)).toEqual(['garden.md: #fewer-gates does not exist'])
  })

  it('is not, when it says the same twice', () => {
    expect(judge(`Always. ${proved}\n\n${proved}`)).toEqual(['garden.md: 1.1.1 leads to "is shut" twice'])
    expect(judge(proved, { more: proved })).toEqual([])
  })

  it('quotes code as it is, and no part of a longer word or number', () => {
    write('garden/src/gate.ts', 'const HINGES = 4\nconst limits = {\n  bars: 1_000, name: "gate" }')
    const quoting = (code: string) => judge(`${proved} Here: [\`${code}\`](../../garden/src/gate.ts)`)
    for (const code of ['HINGES = 4', '{ bars: 1_000, name: "gate" }', 'name: "gate"'])
      expect(quoting(code)).toEqual([])
    for (const code of ['HINGES = 5', 'bars: 1', 'INGES = 4', 'limits = { bars: 1_00'])
      expect(quoting(code)).toEqual([`garden.md: ../../garden/src/gate.ts does not say \`${code}\``])
  })

  it('proves by a page only what asks for one', () => {
    write('docs/security/plan.md', '# The plan')
    const page = '[The plan](plan.md#the-plan).'
    expect(judge(page)).toEqual(['garden.md: 1.1.1 is met, and nothing proves it'])
    expect(findEvidenceProblems({ ...standard, documented: ['1.1'] }, root)).toEqual([])
  })

  it('is not, when a requirement is missing, invented, judged twice or in other words', () => {
    const gap = judge(proved, { heading: '1.1.2 · L1 · met' })
    expect(gap.slice(0, 2)).toEqual(['garden.md: 1.1.1 is missing', 'garden.md: 1.1.2 is not in the standard'])
    const twice = judge(proved, { more: `### 1.1.1 · L1 · met\n\n> ${requirement}\n\n${proved}` })
    expect(twice).toContain('garden.md: 1.1.1 is judged twice')
    const inOtherWords = ['garden.md: the requirements are not in the words of the standard']
    expect(judge(proved, { text: 'Verify that the gate is nearly shut.' })).toEqual(inOtherWords)
    expect(judge(proved, { heading: '1.1.1 · L2 · met' })).toEqual(inOtherWords)
  })

  it.each([
    ['met', 'Of course.', '1.1.1 is met, and nothing proves it'],
    ['not yet', 'Soon.', '1.1.1 is not yet met, and no issue brings it'],
    ['not applicable', '', '1.1.1 is not applicable, and nothing says why'],
    ['nearly', 'Almost.', '1.1.1 is nearly, which is none of: met, not met, not yet, not applicable'],
  ])('is not, when something is %s by saying %j', (state, said, problem) => {
    expect(judge(said, { heading: `1.1.1 · L1 · ${state}` })).toContain(`garden.md: ${problem}`)
  })

  it('is not, when it sums itself up as better than it is', () => {
    const flattering = summarize(parseJudgements(`### 1.1.1 · L1 · met\n`))
    const [problem, ...others] = judge('It has none.', { heading: '1.1.1 · L1 · not met', summary: flattering })
    expect(problem).toMatch(/^garden.md: its summary is not this one:\n/)
    expect(others).toEqual([])
  })
})

describe('what docs/security claims', () => {
  it.each(standards)('in $file is proved, requirement by requirement', (standard) => {
    expect(standard.ids.length).toBeGreaterThan(10)
    expect(findEvidenceProblems(standard)).toEqual([])
  })

  it.each(globSync('docs/security/*.md', { cwd: workspace }))('in %s leads somewhere', (page) => {
    const file = join(workspace, page)
    expect(findDeadLinks(readFileSync(file, 'utf8'), dirname(file))).toEqual([])
  })
})
