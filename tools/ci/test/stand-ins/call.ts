import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** One call of a program that stands in. */
export interface Call {
  /** Where its world is kept: a folder of the test. */
  folder: string
  args: string[]
  /** What it reads, where it reads something. */
  input: string
}

/** What a program does: what it says when all is well. It throws `Ended` when not. */
export type Program = (call: Call) => string

/** A program that ended otherwise than with 0, and what it said on stderr. */
export class Ended extends Error {
  readonly code: number

  constructor(code: number, says = '') {
    super(says)
    this.code = code
  }
}

/** What a test wants to go wrong. */
export interface Fault {
  /** How the call begins: `aws ecs update-service`. */
  call: string
  /** A word that is among its arguments, where only some of these calls fail. */
  with?: string
  /** What is said on stderr. */
  says: string
  /** How many of these calls fail; all of them without it. */
  times?: number
}

/** Notes the call in the order of all of them, and fails it where the test wants that. */
export function begin(program: string, { folder, args }: Call): void {
  appendFileSync(join(folder, 'calls.jsonl'), `${JSON.stringify([program, ...args])}\n`)
  const faults = read<Fault[]>(folder, 'faults.json', [])
  const line = [program, ...args].join(' ')
  const fault = faults.find((each) => line.startsWith(each.call) && line.includes(each.with ?? '') && each.times !== 0)
  if (!fault) return
  if (fault.times !== undefined) {
    fault.times--
    write(folder, 'faults.json', faults)
  }
  throw new Ended(program === 'aws' ? 254 : 1, fault.says)
}

export function read<T>(folder: string, name: string, otherwise: T): T {
  const file = join(folder, name)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : otherwise
}

/** At once: whoever looks sees the whole of it. */
export function write(folder: string, name: string, value: unknown): void {
  const draft = join(folder, `${name}.draft`)
  writeFileSync(draft, JSON.stringify(value))
  renameSync(draft, join(folder, name))
}

/** `--name value`, `--name value value`; a switch has no values. */
export function optionsOf(args: readonly string[]): Map<string, string[]> {
  const options = new Map<string, string[]>()
  let values: string[] = []
  for (const arg of args) {
    if (arg.startsWith('--')) {
      const [name = '', value] = arg.slice(2).split('=')
      options.set(name, (values = value === undefined ? [] : [value]))
    } else values.push(arg)
  }
  return options
}
