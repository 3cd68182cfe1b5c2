import { spawn } from 'node:child_process'
import { Failure } from './failure.ts'

/** Runs Docker and shows what it does; `input` is what it reads. */
export async function docker(args: readonly string[], input = ''): Promise<void> {
  const child = spawn('docker', args, { stdio: ['pipe', 'inherit', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    process.stderr.write(text)
    said += text
  })
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.on('error', reject)
  child.on('close', resolve)
  // It may end without having read all: how it ended tells more than the pipe that broke.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const code = await promise.catch((error: Error) => {
    throw new Failure(`docker could not be run: ${error.message}`)
  })
  if (code === 0) return
  throw new Failure(
    `docker ${args.join(' ')}\nended with ${code ?? 'a signal'}: ${said.trim().split('\n').at(-1) ?? ''}`,
  )
}
