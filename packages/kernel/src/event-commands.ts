import type { DeadLetter, QueueState } from '@lightpress/protocol'
import { z } from 'zod'
import { createAsk, type Ask } from './ask-listener.ts'
import { backgroundCall } from './background.ts'
import { ConfigError } from './config.ts'
import { createDatabase, type Database } from './db.ts'
import { listDeadLetters } from './dead-letters.ts'
import { createInternalTokens } from './internal-token.ts'
import { createInvoker } from './invoke.ts'
import { createLogger } from './logging.ts'
import type { Module } from './module.ts'
import { readConfig } from './process-config.ts'
import { readQueues } from './queue-states.ts'
import { readDeliveryStates } from './reconciler.ts'
import { replayDead } from './replay.ts'
import { noTelemetry } from './telemetry.ts'

/** What `help` says of them. */
export const eventCommands: readonly [string, string][] = [
  ['events list', 'Tells what waits, for whom and since when.'],
  ['events dead', 'Lists dead letters, of all modules or of one: events dead [module].'],
  ['events replay', 'Sends dead letters again, all or some: events replay [module] [id].'],
]

/**
 * Answers what is said to the operator, who has reason to ask when something cannot start. The modules' databases are enough; why
 * a letter is dead that was for a module elsewhere is known where that answers.
 */
export async function runEvents([what, name, id]: readonly string[], modules: readonly Module[]): Promise<string> {
  const chosen = modules.filter((module) => name === undefined || module.name === name)
  if (chosen.length === 0)
    throw new ConfigError(
      `There is no module ${name} here. There are: ${modules.map((module) => module.name).join(', ')}.`,
    )
  switch (what) {
    case 'list':
      return listQueues(chosen, modules)
    case 'dead':
      return listLetters(chosen, modules)
    case 'replay':
      return replay(chosen, modules, id)
    default:
      throw new ConfigError(`Say which: ${eventCommands.map(([command]) => command).join(', ')}.`)
  }
}

async function listQueues(chosen: readonly Module[], modules: readonly Module[]): Promise<string> {
  const { databaseOf, close } = openDatabases(modules)
  const rows: string[][] = [['module', 'for', 'kind', 'waiting', 'for later', 'in the queue', 'dead', 'oldest']]
  try {
    for (const module of chosen) {
      const queues = await readQueues(module, databaseOf(module.name) as Database)
      rows.push(...queues.map((queue) => [module.name, ...rowOf(queue)]))
    }
  } finally {
    await close()
  }
  return inColumns(rows)
}

/** None of them is connected to before it is asked something. */
function openDatabases(modules: readonly Module[]) {
  const { kernel, databaseUrl, remote } = readConfig(modules)
  const log = createLogger(kernel.LOG_LEVEL, 'events')
  const open = (name: string) => createDatabase({ url: databaseUrl(name), module: name, poolSize: 1, log })
  const databases = new Map(modules.map(({ name }) => [name, open(name)]))
  return {
    ...{ kernel, remote, log },
    databaseOf: (name: string) => databases.get(name),
    close: () => Promise.all([...databases.values()].map((database) => database.close())),
  }
}

function rowOf({ listener, kind, pending, delayed, published, dead, oldestAt }: QueueState): string[] {
  return [listener, kind, ...[pending, delayed, published, dead].map(String), oldestAt ?? '-']
}

/** The newest hundred of each. */
async function listLetters(chosen: readonly Module[], modules: readonly Module[]): Promise<string> {
  const { kernel, remote, log, databaseOf, close } = openDatabases(modules)
  const tokens = createInternalTokens(kernel.INTERNAL_KEY)
  const elsewhere = createInvoker({ hosted: new Map(), remote, tokens, telemetry: noTelemetry })
  const said: string[] = []
  try {
    for (const { name } of chosen) {
      const askElsewhere = createAsk(name, elsewhere.invoke)
      const ask: Ask = (asked, call) => {
        const database = databaseOf(asked.listener)
        return database ? readDeliveryStates(database, asked.listener, asked.ids) : askElsewhere(asked, call)
      }
      const source = { module: name, database: databaseOf(name) as Database, ask }
      const { items, nextCursor } = await listDeadLetters({ limit: 100 }, source, backgroundCall(log))
      said.push(...items.map((letter) => describeLetter(name, letter)))
      if (nextCursor !== null) said.push(`There are more of ${name}; these are the newest ${items.length}.`)
    }
  } finally {
    await elsewhere.close()
    await close()
  }
  return said.length > 0 ? said.join('\n') : 'There are no dead letters.'
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
