// Run by guard.ts: waits for the end of its parent, then ends a process and removes folders.
import { rmSync } from 'node:fs'
import { endProcess } from './processes.ts'

const [pid, signal, ...folders] = process.argv.slice(2)

process.stdin.resume().on('close', () => void clean())

async function clean(): Promise<void> {
  await endProcess(Number(pid), [
    [signal as NodeJS.Signals, 5_000],
    ['SIGKILL', 5_000],
  ])
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}
