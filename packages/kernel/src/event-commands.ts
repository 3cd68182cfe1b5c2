import type { DeadLetter, DeliveryOperations, Output, QueueState } from '@lightpress/protocol'
import { z } from 'zod'
import { ConfigError } from './config.ts'
import { createDatabase } from './db.ts'
import { createLogger } from './logging.ts'
import type { Module } from './module.ts'
import { readConfig } from './process-config.ts'
import { readQueues } from './queue-states.ts'
import { replayDead } from './replay.ts'
import type { Server } from './serve.ts'

/** What `help` says of them. */
export const eventCommands: readonly [string, string][] = [
  ['events list', 'Tells what waits, for whom and since when.'],
  ['events dead', 'Lists dead letters, of all modules or of one: events dead [module].'],
  ['events replay', 'Sends dead letters again, all or some: events replay [module] [id].'],
]

/** Answers what is said to the operator. Nothing but why a letter is dead needs more than the modules' databases. */
export async function runEvents(
  [what, name, id]: readonly string[],
  modules: readonly Module[],
  whileServing: (work: (server: Server) => Promise<void>) => Promise<void>,
): Promise<string> {
  const chosen = modules.filter((module) => name === undefined || module.name === name)
  if (chosen.length === 0)
    throw new ConfigError(
      `There is no module ${name} here. There are: ${modules.map((module) => module.name).join(', ')}.`,
    )
  switch (what) {
    case 'list':
      return listQueues(chosen, modules)
    case 'dead': {
      const said: string[] = []
      await whileServing(async (server) => {
        for (const module of chosen) said.push(...(await describeLetters(module, server)))
      })
      return said.length > 0 ? said.join('\n') : 'There are no dead letters.'
    }
    case 'replay':
      return replay(chosen, modules, id)
    default:
      throw new ConfigError(`Say which: ${eventCommands.map(([command]) => command).join(', ')}.`)
  }
}

async function listQueues(chosen: readonly Module[], modules: readonly Module[]): Promise<string> {
  const { kernel, databaseUrl } = readConfig(modules)
  const log = createLogger(kernel.LOG_LEVEL, 'events')
  const rows: string[][] = [['module', 'for', 'kind', 'waiting', 'for later', 'in the queue', 'dead', 'oldest']]
  for (const module of chosen) {
    const database = createDatabase({ url: databaseUrl(module.name), module: module.name, poolSize: 1, log })
    try {
      rows.push(...(await readQueues(module, database)).map((queue) => [module.name, ...rowOf(queue)]))
    } finally {
      await database.close()
    }
  }
  return inColumns(rows)
}

function rowOf({ listener, kind, pending, delayed, published, dead, oldestAt }: QueueState): string[] {
  return [listener, kind, ...[pending, delayed, published, dead].map(String), oldestAt ?? '-']
}

/** The newest hundred of a module. */
async function describeLetters({ name, contract }: Module, { invoke, contextFor }: Server): Promise<string[]> {
  const asked = { from: name, to: contract, operation: 'listDeadLetters', input: { limit: 100 } }
  const { items, nextCursor } = (await invoke(asked, contextFor(name))) as Output<DeliveryOperations['listDeadLetters']>
  const more = nextCursor === null ? [] : [`There are more of ${name}; these are the newest ${items.length}.`]
  return [...items.map((letter) => describeLetter(name, letter)), ...more]
}

function describeLetter(module: string, { id, type, listener, createdAt, requestId, error }: DeadLetter): string {
  const why = error ?? 'nobody says why'
  return `${module} ${id}\n  ${type} to ${listener}, of ${createdAt}, request ${requestId}\n  ${why}`
}

async function replay(chosen: readonly Module[], modules: readonly Module[], id: string | undefined): Promise<string> {
  if (id !== undefined && !z.uuid().safeParse(id).success)
    throw new ConfigError(`"${id}" is no id of an event or a job. \`events dead\` lists them.`)
  const { kernel, databaseUrl } = readConfig(modules)
  const targets = chosen.map(({ name }) => ({ module: name, url: databaseUrl(name) }))
  const count = await replayDead(targets, createLogger(kernel.LOG_LEVEL, 'events'), id)
  return count === 0 ? 'There is no such dead letter.' : `Sent again: ${count}.`
}

function inColumns(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)))
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
