import { resolve } from 'node:path'
import { ROOT, startChild } from './run/child.ts'
import type { Child } from './run/child.ts'
import { waitUntilReady } from './run/wait-until-ready.ts'
import type { Service } from './services.ts'

/** Milliseconds that a process has to become ready, on a busy machine. */
const START = 60_000

/** Processes by name: what runs, and what was written so far. */
export function createProcesses(services: readonly Service[], shared: NodeJS.ProcessEnv) {
  const running = new Map<string, Child>()
  const lines = new Map<string, string[]>(services.map(({ name }) => [name, []]))

  function logs(name: string): string[] {
    const written = lines.get(name)
    if (!written) throw new Error(`No process is called ${name}; there are ${[...lines.keys()].join(', ')}`)
    return written
  }

  return {
    logs,
    async kill(name: string, signal: NodeJS.Signals) {
      const child = running.get(name)
      child?.kill(signal)
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await child?.exited
    },
    async restart(name: string) {
      const service = services.find((candidate) => candidate.name === name)
      const written = logs(name)
      if (!service) return
      await running.get(name)?.stop()
      const child = startChild({
        script: resolve(ROOT, service.entry),
        cwd: ROOT,
        env: { ...shared, ...service.env },
        onLine: (line) => written.push(line),
      })
      running.set(name, child)
      await becomesReady(service, child, written)
    },
    async stop() {
      await Promise.all([...running.values()].map((child) => child.stop()))
    },
  }
}

async function becomesReady({ name, url }: Service, child: Child, written: readonly string[]): Promise<void> {
  const giveUp = new AbortController()
  const timer = setTimeout(() => giveUp.abort(), START)
  void child.exited.then(() => giveUp.abort())
  try {
    await waitUntilReady(`${url}/health/ready`, giveUp.signal)
  } catch {
    throw new Error(`${name} did not become ready:\n${written.slice(-20).join('\n')}`)
  } finally {
    clearTimeout(timer)
  }
}
