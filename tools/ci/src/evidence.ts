import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { workspace } from './discover.ts'

const states = ['met', 'not met', 'not yet', 'not applicable'] as const
type State = (typeof states)[number]

/** What a document says of one requirement: `### 6.2.1 · L1 · met`, the requirement quoted, then what we say of it. */
export interface Judgement {
  id: string
  level: number | null
  state: string
  requirement: string
  said: string
}

/** What a document must judge. */
export interface Standard {
  /** In docs/security. */
  file: string
  ids: readonly string[]
  /** Of the requirements' words: see `digestOf`. Null where the document does not quote them. */
  digest: string | null
  /** Sections that ask for documentation, which a page proves as a test does others. */
  documented: readonly string[]
}

/** "OWASP ASVS 5.0.0", V5, V6, V7 and V9, word for word as in the release `v5.0.0_release` of github.com/OWASP/ASVS. */
const asvs: Standard = {
  file: 'asvs.md',
  ids: Object.entries({
    ...{ '5.1': 1, '5.2': 6, '5.3': 3, '5.4': 3 },
    ...{ '6.1': 3, '6.2': 12, '6.3': 8, '6.4': 6, '6.5': 8, '6.6': 4, '6.7': 2, '6.8': 4 },
    ...{ '7.1': 3, '7.2': 4, '7.3': 2, '7.4': 5, '7.5': 3, '7.6': 2 },
    ...{ '9.1': 3, '9.2': 4 },
  }).flatMap(([section, count]) => numbered(section, count)),
  digest: '53c8c4d9e019a43c5a04ca6543019d812390780a3542c30aca32cf6b5fd3bf49',
  documented: ['5.1', '6.1', '7.1'],
}

/** RFC 9700: the practices of section 2 and the attacks of section 4. */
const oauthPractice: Standard = {
  file: 'rfc9700.md',
  ids: ['2.1', '2.1.1', '2.1.2', '2.2.1', '2.2.2', '2.3', '2.4', '2.5', '2.6', ...numbered('4', 17)],
  digest: null,
  documented: [],
}

/** RFC 8725: the practices of section 3, which answer the threats of section 2. */
const jwtPractice: Standard = { file: 'rfc8725.md', ids: numbered('3', 12), digest: null, documented: [] }

export const standards: readonly Standard[] = [asvs, oauthPractice, jwtPractice]

/** Why a document of docs/security could not be signed: what it leaves out, or claims without a proof that exists. */
export function findEvidenceProblems(standard: Standard, root = workspace): string[] {
  const path = join(root, 'docs/security', standard.file)
  const text = readFileSync(path, 'utf8')
  const judgements = parseJudgements(text)
  const problems = [
    ...findGaps(judgements, standard),
    ...judgements.flatMap((one) => findEmptyClaims(one, standard, text).map((problem) => `${one.id} ${problem}`)),
    ...findDeadLinks(text, dirname(path)),
    ...(text.includes(summarize(judgements)) ? [] : [`its summary is not this one:\n${summarize(judgements)}`]),
  ]
  return problems.map((problem) => `${standard.file}: ${problem}`)
}

export function parseJudgements(text: string): Judgement[] {
  return text
    .split(/^### /m)
    .slice(1)
    .flatMap((section) => {
      const [heading = '', ...lines] = section.split(/^## /m)[0]?.split('\n') ?? []
      const [, id, , level, state] = /^(\d+(?:\.\d+)+)([^·]*)(?:· L(\d) )?· ([\w ]+)$/.exec(heading) ?? []
      if (id === undefined || state === undefined) return []
      const quoted = lines.filter((line) => line.startsWith('> '))
      return {
        id,
        level: level === undefined ? null : Number(level),
        state,
        requirement: quoted.map((line) => line.slice(2)).join(' '),
        said: lines
          .filter((line) => !line.startsWith('> '))
          .join('\n')
          .trim(),
      }
    })
}

/** Of every requirement with its number and level, in the order of the document. */
export function digestOf(judgements: readonly Judgement[]): string {
  const words = judgements.map(({ id, level, requirement }) => `${id} ${level} ${requirement}\n`).join('')
  return createHash('sha256').update(words).digest('hex')
}

function findGaps(judgements: readonly Judgement[], { ids, digest }: Standard): string[] {
  const judged = judgements.map(({ id }) => id)
  return [
    ...ids.filter((id) => !judged.includes(id)).map((id) => `${id} is missing`),
    ...judged.filter((id) => !ids.includes(id)).map((id) => `${id} is not in the standard`),
    ...judged.filter((id, index) => judged.indexOf(id) !== index).map((id) => `${id} is judged twice`),
    ...(digest === null || digest === digestOf(judgements)
      ? []
      : ['the requirements are not in the words of the standard']),
  ]
}

function findEmptyClaims({ id, state, said }: Judgement, { documented }: Standard, page: string): string[] {
  if (!isState(state)) return [`is ${state}, which is none of: ${states.join(', ')}`]
  if (said === '') return [`is ${state}, and nothing says why`]
  const links = findLinks(said, page)
  const repeated = links.find((link, index) => links.slice(0, index).some((before) => isSameLink(before, link)))
  if (repeated) return [`leads to "${repeated.name}" twice`]
  const mayBeDocumented = documented.some((section) => id.startsWith(`${section}.`))
  const proofs = links.filter(({ target = '' }) => isTest(target) || (mayBeDocumented && /\.md\b/.test(target)))
  if (state === 'met' && proofs.length === 0) return ['is met, and nothing proves it']
  if (state === 'not yet' && !/\bissue\s\d+\b/.test(said)) return ['is not yet met, and no issue brings it']
  return []
}

/** Where a page in `folder` leads nowhere: to a file, a heading or a test that does not exist, or to code that changed. */
export function findDeadLinks(page: string, folder: string): string[] {
  return findLinks(page, page).flatMap(({ name, target }) => {
    if (target === undefined) return [`[${name}] leads nowhere`]
    const [path = '', heading] = target.split('#')
    if (path.includes(':')) return []
    const file = join(folder, path)
    if (!existsSync(file)) return [`${target} does not exist`]
    const [, code] = /^`(.+)`$/.exec(name) ?? []
    if (code !== undefined && path.endsWith('.ts'))
      return hasCode(code, readFileSync(file, 'utf8')) ? [] : [`${path} does not say \`${code}\``]
    if (path !== '' && heading === undefined && !isTest(path)) return []
    const text = path === '' ? page : readFileSync(file, 'utf8')
    if (heading !== undefined) return hasHeading(heading, text) ? [] : [`${target} does not exist`]
    return name
      .split(' › ')
      .filter((title) => !runs(title, text))
      .map((title) => `${path} has no test "${title}" that runs`)
  })
}

/** As GitHub names the headings of a page. */
function hasHeading(name: string, text: string): boolean {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
  return headings.some(
    (heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .replaceAll(/\s/g, '-') === name,
  )
}

/** Whether source says so, and not only as a part of a longer word or number. */
function hasCode(code: string, source: string): boolean {
  const around = source.replaceAll(/\s+/g, ' ').split(code)
  return around.slice(1).some((after, index) => !/^\.?\w/.test(after) && !/\w$/.test(around[index] ?? ''))
}

interface Link {
  name: string
  target: string | undefined
}

/**
 * The links of a text, `[name](target)` or `[name][label]` with the label's target at the end of `page`. One to a test is
 * called by its name, or by its group and its name: `sign-in › refuses a wrong password`. One to code quotes it, so that
 * a number on a page is the one in the code.
 */
function findLinks(text: string, page: string): Link[] {
  const targets = new Map(
    [...page.matchAll(/^\[([^\]]+)\]: (\S+)$/gm)].map(([, label = '', target]) => [label, target]),
  )
  const links = text.matchAll(/\[([^[\]]+)\](?:\(([^)\s]+)\)|\[([^[\]]+)\])/g)
  return [...links].map(([, name = '', target, label = '']) => ({
    name: name.replaceAll(/\s+/g, ' ').replaceAll(/\\(\W)/g, '$1'),
    target: target ?? targets.get(label),
  }))
}

function isSameLink(one: Link, other: Link): boolean {
  return one.name === other.name && one.target === other.target
}

function isTest(target: string): boolean {
  return target.endsWith('.test.ts')
}

/** Whether a test, a group or a row of a table is called so, as the source has it: with its `%s` and `$name`. */
function runs(title: string, source: string): boolean {
  const quoted = [`'${title}'`, `"${title}"`, `\`${title}\``]
  return quoted.some((text) =>
    source
      .split(text)
      .slice(0, -1)
      .some((before) => !/\b(?:it|test|describe)\.(?:skip|todo)\($/.test(before.trimEnd())),
  )
}

/** How many requirements of each level are in each state, as the document must show it. */
export function summarize(judgements: readonly Judgement[]): string {
  const levels = [...new Set(judgements.map(({ level }) => level))].sort()
  const names = levels.map((level) => (level === null ? 'items' : `level ${level}`))
  const row = (first: string, cells: readonly (string | number)[]) =>
    `| ${[first.padEnd(14), ...cells.map((cell, column) => String(cell).padEnd(names[column]?.length ?? 0))].join(' | ')} |`
  const counted = states.map((state) =>
    row(
      state,
      levels.map((level) => judgements.filter((one) => one.state === state && one.level === level).length),
    ),
  )
  return [
    row('', names),
    row(
      '-'.repeat(14),
      names.map((name) => '-'.repeat(name.length)),
    ),
    ...counted,
  ].join('\n')
}

function isState(text: string): text is State {
  return (states as readonly string[]).includes(text)
}

function numbered(section: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${section}.${index + 1}`)
}
