import type { TrailItem } from '@lightpress/protocol'

/** Something that happened, and what came of it, in the order in which it came. */
export interface TrailNode {
  /** One; of an event as many as it has listeners. */
  items: [TrailItem, ...TrailItem[]]
  children: TrailNode[]
}

/** All that is known here of what came of one request. */
export interface TrailRequest {
  id: string
  /** When the first of it happened. */
  startedAt: string
  /** What was called, and by whom, as far as that is known. */
  operation: string | null
  actorId: string | null
  roots: TrailNode[]
  /** Some of it is on another page, or about somebody else. */
  cut: boolean
}

/** Which pages there are besides this one. */
export interface Beside {
  older: boolean
  newer: boolean
}

/** The items of a page by their requests, the newest request first, each as a tree of causes. */
export function groupByRequest(items: readonly TrailItem[], beside: Beside): TrailRequest[] {
  const inOrder = [...items].sort(byTime)
  // What a page ends or begins with may go on behind its edge.
  const edges = [beside.older && inOrder.at(0)?.requestId, beside.newer && inOrder.at(-1)?.requestId]
  return [...Map.groupBy(inOrder, ({ requestId }) => requestId)]
    .map(([id, group]) => toRequest(id, group, edges.includes(id)))
    .sort((a, b) => compareTimes(b.startedAt, a.startedAt) || compare(b.id, a.id))
}

/** The items of one request, from its first to its last. */
function toRequest(id: string, items: readonly TrailItem[], atEdge: boolean): TrailRequest {
  const nodes = toNodes(items)
  const parents = parentsOf(nodes)
  for (const [node, parent] of parents) parent.children.push(node)
  return {
    id,
    startedAt: items[0]?.at ?? '',
    operation: items.find(({ operation }) => operation !== null)?.operation ?? null,
    actorId: items.find(({ actorId }) => actorId !== null)?.actorId ?? null,
    roots: nodes.filter((node) => !parents.has(node)),
    cut: atEdge || nodes.some((node) => causeOf(node) !== null && !parents.has(node)),
  }
}

/** An event is promised to each of its listeners, under one id: it is one thing that happened. */
function toNodes(items: readonly TrailItem[]): TrailNode[] {
  const nodes: TrailNode[] = []
  const events = new Map<string, TrailNode>()
  for (const item of items) {
    const known = item.kind === 'event' ? events.get(idOf(item)) : undefined
    if (known) {
      known.items.push(item)
      continue
    }
    const node: TrailNode = { items: [item], children: [] }
    nodes.push(node)
    if (item.kind === 'event') events.set(idOf(item), node)
  }
  return nodes
}

/** What caused each, where that is here. What would be its own cause, by however long a way, has none. */
function parentsOf(nodes: readonly TrailNode[]): Map<TrailNode, TrailNode> {
  const causes = new Map<string, TrailNode>()
  // What others are caused by are events and jobs; their ids are their own, whatever else has the same.
  for (const node of [...nodes].sort((a, b) => Number(isCause(b)) - Number(isCause(a)))) {
    for (const item of node.items) if (!causes.has(idOf(item))) causes.set(idOf(item), node)
  }
  const senders = sendersIn(nodes)
  const parents = new Map<TrailNode, TrailNode>()
  for (const node of nodes) {
    const parent = senderOf(node, senders) ?? causes.get(causeOf(node) ?? '')
    if (parent && !isUnder(parent, node, parents)) parents.set(node, parent)
  }
  return parents
}

/** Jobs by the ids that they name: what they were told to send. */
function sendersIn(nodes: readonly TrailNode[]): Map<string, TrailNode> {
  const jobs = nodes.filter(({ items }) => items[0].kind === 'job')
  return new Map(jobs.flatMap((node) => Object.values(node.items[0].details).map((named) => [named, node])))
}

/** A mail is written down with the job that sends it, because of the same event: it came by way of the job. */
function senderOf({ items }: TrailNode, senders: Map<string, TrailNode>): TrailNode | undefined {
  const [item] = items
  return item.kind === 'message' ? senders.get(item.id) : undefined
}

function isUnder(node: TrailNode, above: TrailNode, parents: Map<TrailNode, TrailNode>): boolean {
  for (let at: TrailNode | undefined = node; at; at = parents.get(at)) if (at === above) return true
  return false
}

function isCause({ items }: TrailNode): boolean {
  return items.some(({ kind }) => kind === 'event' || kind === 'job')
}

function causeOf({ items }: TrailNode): string | null {
  return items.find(({ causeId }) => causeId !== null)?.causeId ?? null
}

/** The id that causes are named by: that of a delivery says besides whom it was for. */
export function idOf({ id }: Pick<TrailItem, 'id'>): string {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(id)?.[0] ?? id
}

function byTime(a: TrailItem, b: TrailItem): number {
  return compareTimes(a.at, b.at) || compare(a.id, b.id)
}

/** Without their `Z` they compare as texts, however many digits their seconds have. */
function compareTimes(a: string, b: string): number {
  return compare(a.slice(0, -1), b.slice(0, -1))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
