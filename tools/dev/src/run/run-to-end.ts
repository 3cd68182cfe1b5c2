import { SetupError } from '@lightpress/local'
import { startChild } from './child.ts'
import type { ChildOptions } from './child.ts'

/** Runs a command of ours to its end. Where its output goes nowhere else, the error of a failure holds the last of it. */
export async function runToEnd(
  what: string,
  { onLine, ...options }: Partial<Pick<ChildOptions, 'onLine'>> & Omit<ChildOptions, 'onLine'>,
): Promise<void> {
  const said: string[] = []
  const child = startChild({ ...options, onLine: onLine ?? ((line) => said.push(line)) })
  const { code, signal } = await child.exited
  if (code !== 0) throw new SetupError([`${what} failed (${signal ?? `code ${code}`}).`, ...said.slice(-20)].join('\n'))
}
