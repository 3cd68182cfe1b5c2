import { parser } from '@prometheus-io/lezer-promql'
import type { SyntaxNode } from '@lezer/common'

export interface Selector {
  metric: string
  /** Labels that it picks by, with what they must be. */
  matchers: { label: string; operator: string; value: string }[]
}

export interface Query {
  selectors: Selector[]
  /** Labels that it groups by. */
  grouping: string[]
}

/** What a query of Prometheus asks for, by Prometheus' own grammar; throws where it is none. */
export function readQuery(text: string): Query {
  const found: Query = { selectors: [], grouping: [] }
  const textOf = (node: SyntaxNode) => text.slice(node.from, node.to)
  const visit = (node: SyntaxNode) => {
    if (node.type.isError) throw new Error(`"${text}" cannot be read at ${node.from}`)
    if (node.name === 'VectorSelector') found.selectors.push(readSelector(node, textOf))
    if (node.name === 'GroupingLabels') found.grouping.push(...namesIn(node, 'LabelName').map(textOf))
    for (let child = node.firstChild; child; child = child.nextSibling) visit(child)
  }
  visit(parser.parse(text).topNode)
  return found
}

function readSelector(node: SyntaxNode, textOf: (node: SyntaxNode) => string): Selector {
  const metric = namesIn(node, 'Identifier')[0]
  if (!metric) throw new Error(`${textOf(node)} names no metric`)
  const matchers = namesIn(node, 'UnquotedLabelMatcher').map((matcher) => {
    const [label, operator, value] = ['LabelName', 'MatchOp', 'StringLiteral'].map((name) => namesIn(matcher, name)[0])
    if (!label || !operator || !value) throw new Error(`${textOf(matcher)} cannot be read`)
    return { label: textOf(label), operator: textOf(operator), value: textOf(value).slice(1, -1) }
  })
  return { metric: textOf(metric), matchers }
}

function namesIn(node: SyntaxNode, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = []
  const visit = (one: SyntaxNode) => {
    if (one.name === name) found.push(one)
    else for (let child = one.firstChild; child; child = child.nextSibling) visit(child)
  }
  for (let child = node.firstChild; child; child = child.nextSibling) visit(child)
  return found
}
