import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Module } from '@lightpress/kernel'
import { publisherOf, type EventDefinition } from '@lightpress/protocol'
import { readContracts, readDeployments, readModules, workspace } from './discover.ts'

export interface House {
  /** Every event that a contract exports. */
  events: readonly EventDefinition[]
  /** By package name. */
  modules: ReadonlyMap<string, Pick<Module, 'name' | 'publishes' | 'listeners'>>
  /** The packages that each app imports. */
  deployments: ReadonlyMap<string, readonly string[]>
}

export async function readHouse(): Promise<House> {
  const contracts = await readContracts()
  return {
    events: contracts.flatMap(({ events }) => events),
    modules: await readModules(),
    deployments: readDeployments(),
  }
}

/** Why an event would be said by nobody or heard by nobody; empty when all of them arrive. */
export function findEventProblems({ events, modules, deployments }: House): string[] {
  const named = new Map([...modules].map(([name, module]) => [module.name, { package: name, ...module }]))
  const deployed = new Set([...deployments.values()].flat())
  const declared = new Set(events.map(({ type }) => type))

  const unheard = events.flatMap(({ type, listeners }) =>
    listeners.flatMap((name) => {
      const listener = named.get(name)
      if (!listener) return [`${type} names ${name}, which is no module`]
      return [
        ...(listener.listeners.has(type) ? [] : [`${type} names ${name}, which has no handler for it`]),
        ...(deployed.has(listener.package) ? [] : [`${type} names ${name}, which no app deploys`]),
      ]
    }),
  )
  const unsaid = events
    .filter((event) => !named.get(publisherOf(event))?.publishes.some(({ type }) => type === event.type))
    .map((event) => `${event.type} is not among what ${publisherOf(event)} publishes`)
  const unnamed = [...named.values()].flatMap(({ name, publishes, listeners }) => [
    ...[...listeners.values()]
      .filter(({ event }) => !events.some(({ type, listeners }) => type === event.type && listeners.includes(name)))
      .map(({ event }) => `${name} handles ${event.type}, which no contract says to it`),
    ...publishes
      .filter(({ type }) => !declared.has(type))
      .map(({ type }) => `${name} publishes ${type}, which no contract declares`),
  ])
  return [...unheard, ...unsaid, ...unnamed]
}

export const eventsPage = join(workspace, 'docs/events.md')

/** docs/events.md: who says what to whom. */
export function renderEvents({ events, modules, deployments }: House): string {
  const rows = [...events]
    .sort((a, b) => (a.type < b.type ? -1 : 1))
    .map(
      (event) => `| \`${event.type}\` | ${publisherOf(event)} | ${event.listeners.join(', ')} | ${fieldsOf(event)} |`,
    )
  const places = [...modules]
    .map(([name, module]) => ({ name: module.name, apps: [...deployments].filter(([, used]) => used.includes(name)) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, apps }) => `| ${name} | ${apps.map(([app]) => `\`apps/${app}\``).join(', ')} |`)
  return `# Events

Who says what to whom. Generated from the contracts by \`npm run exec -- node tools/ci/src/${basename(import.meta.filename)}\`; a test
fails when it is not current. An event takes effect once in each listener, in any order.

| Event | Said by | To | With |
| --- | --- | --- | --- |
${rows.join('\n')}

| Module | Runs in |
| --- | --- |
${places.join('\n')}
`
}

function fieldsOf({ payload }: EventDefinition): string {
  const fields = 'shape' in payload ? Object.keys(payload.shape as object) : []
  return fields.map((name) => `\`${name}\``).join(', ')
}

if (import.meta.main) {
  const house = await readHouse()
  writeFileSync(eventsPage, renderEvents(house))
  for (const problem of findEventProblems(house)) {
    console.error(problem)
    process.exitCode = 1
  }
}
