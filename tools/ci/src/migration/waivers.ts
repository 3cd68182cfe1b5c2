import type { Finding, Migration } from './files.ts'
import type { Statement } from './statements.ts'

/** A finding that somebody gave a reason for. */
export interface Waived extends Finding {
  reason: string
}

interface Found {
  statements: readonly Statement[]
  findings: readonly Finding[]
}

/**
 * Takes from the findings those for which a line above the statement gives a reason: `-- lightpress:allow <rule>: <reason>`.
 * It holds for that statement and those rules alone, and one that excuses nothing is a finding itself.
 */
export function weigh({ path, sql }: Migration, { statements, findings }: Found) {
  const waived: Waived[] = []
  const left: Finding[] = []
  const used = new Set<string>()
  for (const finding of withoutEchoes(findings, statements)) {
    const statement = statementAt(statements, finding.line)
    const waiver = statement?.waivers.find(({ rules }) => rules.includes(finding.rule))
    if (!waiver) left.push(finding)
    else {
      used.add(`${statement?.line} ${finding.rule}`)
      waived.push({ ...finding, reason: waiver.reason })
    }
  }
  for (const { line, waivers } of statements)
    for (const { rules, reason } of waivers) {
      if (reason === '')
        left.push({ path, line, rule: 'waiver', message: 'Write it -- lightpress:allow <rule>, <rule>: <reason>.' })
      for (const rule of rules)
        if (!used.has(`${line} ${rule}`))
          left.push({ path, line, rule: 'waiver', message: `Nothing here breaks ${rule}: remove what allows it.` })
    }
  for (const [at, text] of sql.split('\n').entries())
    if (/--.*squawk-(?:ignore|disable)/.test(text))
      left.push({
        path,
        line: at + 1,
        rule: 'waiver',
        message: 'Say why, above the statement: -- lightpress:allow <rule>: <reason>.',
      })
  return { findings: left.sort((a, b) => a.line - b.line), waived }
}

/** Where squawk says what is wrong with a statement, in its words and with its rule's page, we do not say it again. */
function withoutEchoes(findings: readonly Finding[], statements: readonly Statement[]): Finding[] {
  const theirs = new Set(
    findings.filter(({ rule }) => !OURS.includes(rule)).map(({ line }) => statementAt(statements, line)?.line),
  )
  return findings.filter(
    ({ rule, line }) => rule !== 'not-additive' || !theirs.has(statementAt(statements, line)?.line),
  )
}

const OURS = ['not-additive', 'other-schema', 'many-rows']

/** The last that begins on this line or above it. */
function statementAt(statements: readonly Statement[], line: number): Statement | undefined {
  return statements.findLast((statement) => statement.line <= line)
}
