import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { z } from 'zod'
import { Failure } from './failure.ts'
import { pollSeconds } from './waiting.ts'

/** What AWS refused: which command, and why in AWS's words. */
export class AwsError extends Failure {
  override readonly name = 'AwsError'
  /** `ParameterNotFound`, where AWS gave a code. */
  readonly code: string | undefined

  constructor(command: string, said: string) {
    super(`${command}\nfailed: ${said}`)
    this.code = /An error occurred \((\w+)\)/.exec(said)?.[1]
  }
}

export type Arguments = readonly string[]

/** Asks AWS through its command line; the answer is held against what we rely on. */
export async function aws<T extends z.ZodType>(args: Arguments, answer: T): Promise<z.output<T>> {
  const text = await awsText([...args, '--output', 'json'])
  const parsed = answer.safeParse(parseJson(text, args))
  if (parsed.success) return parsed.data
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
  throw new Failure(`${describe(args)}\nanswered something else than expected: ${wrong}`)
}

/** The same for what answers in words, or not at all. Repeated only where AWS asked for patience: nothing was done. */
export async function awsText(args: Arguments): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run(args)
    } catch (error) {
      if (!(error instanceof AwsError) || !isThrottling(error) || attempt === ATTEMPTS) throw error
      await sleep(Math.min(1, pollSeconds()) * 1_000 * 2 ** (attempt - 1))
    }
  }
}

/** What a command would answer if the thing were there. */
export async function unlessMissing<T>(code: string, asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof AwsError && error.code === code) return undefined
    throw error
  }
}

/** With waits of 1, 2, 4, 8 and 16 seconds between them. */
const ATTEMPTS = 6

function isThrottling({ code, message }: AwsError): boolean {
  const codes = ['Throttling', 'ThrottlingException', 'TooManyRequestsException', 'RequestLimitExceeded', 'SlowDown']
  return (code !== undefined && codes.includes(code)) || /\bRate exceeded\b/.test(message)
}

async function run(args: Arguments): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('aws', args, {
      // Version 2 shows its answers in a pager otherwise, and waits for somebody to leave it.
      env: { ...process.env, AWS_PAGER: '' },
      maxBuffer: 64 * 1024 * 1024,
    })
    return stdout
  } catch (error) {
    const { code, stderr = '', message } = error as Error & { code?: string | number; stderr?: string }
    if (code === 'ENOENT') throw new Failure('The AWS command line is not installed: there is no `aws` in the PATH.')
    throw new AwsError(describe(args), stderr.trim() || message)
  }
}

function parseJson(text: string, args: Arguments): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Failure(`${describe(args)}\nanswered no JSON: ${text.slice(0, 200)}`)
  }
}

/** The command as somebody could repeat it; long documents are cut. */
function describe(args: Arguments): string {
  return ['aws', ...args.map((arg) => (arg.length > 160 ? `${arg.slice(0, 160)}…` : arg))].join(' ')
}
