import { spawn } from 'node:child_process'

export interface Finished {
  ok: boolean
  /** All that it printed; it was shown while it ran. */
  output: string
}

/** Runs a program of this workspace and shows what it prints. A program that is missing is a failure, not a skip. */
export async function run(
  command: string,
  args: readonly string[],
  { cwd = process.cwd(), env = process.env } = {},
): Promise<Finished> {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from.setEncoding('utf8').on('data', (text: string) => {
      output += text
      to.write(text)
    })
  }
  const { promise, resolve } = Promise.withResolvers<boolean>()
  child.on('close', (code) => resolve(code === 0))
  child.on('error', (error) => {
    console.error(`${command} could not be run: ${error.message}`)
    resolve(false)
  })
  return { ok: await promise, output }
}
