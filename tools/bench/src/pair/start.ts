import { migrate, migrateQueues } from '@lightpress/kernel'
import { testEnvironment } from '@lightpress/testing'
import { answerOf, ask, startProcess, type Started } from '../process.ts'
import { modules } from './modules.ts'
import type { Command } from './process.ts'

const SCRIPT = new URL('process.ts', import.meta.url).pathname

export interface Pair {
  tellSender<Answer>(command: Command): Promise<Answer>
  tellReceiver<Answer>(command: Command): Promise<Answer>
  stop(): Promise<void>
}

export type Topology = 'one process' | 'two processes'

/** The pair on a database and a queue, in one process or in two that talk over HTTP. */
export async function startPair(
  topology: Topology,
  { databaseUrl, queueUrl }: { databaseUrl: string; queueUrl: string },
): Promise<Pair> {
  const targets = Object.values(modules).map(({ name, migrations }) => ({
    module: name,
    url: databaseUrl,
    folder: migrations,
  }))
  await migrate(targets)
  await migrateQueues(databaseUrl)
  const env = { ...testEnvironment(databaseUrl), QUEUE_URL: queueUrl, LOG_LEVEL: 'info', NODE_ENV: 'production' }
  const started: Started[] = []
  const start = async (names: string[], more: Record<string, string> = {}) => {
    const process = startProcess(SCRIPT, { args: names, env: { ...env, ...more } })
    started.unshift(process)
    const port = await answerOf<number>(process)
    return { process, url: `http://127.0.0.1:${port}` }
  }
  const receiver = await start(topology === 'one process' ? ['sender', 'receiver'] : ['receiver'])
  const sender = topology === 'one process' ? receiver : await start(['sender'], { RECEIVER_URL: receiver.url })
  return {
    tellSender: (command) => ask(sender.process, command),
    tellReceiver: (command) => ask(receiver.process, command),
    async stop() {
      for (const process of started) await process.stop()
    },
  }
}
