import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

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

/** Where the stand-ins keep their world: a folder of the test. */
const folder = process.env.STAND_IN_FOLDER ?? ''
if (folder === '') {
  console.error('STAND_IN_FOLDER is not set: this stands in for a program in tests.')
  process.exit(64)
}
const file = (name: string) => join(folder, name)

/** Notes the call in the order of all of them, and fails it where the test wants that. */
export function begin(program: string, args: readonly string[]): void {
  appendFileSync(file('calls.jsonl'), `${JSON.stringify([program, ...args])}\n`)
  const faults = read<Fault[]>('faults.json', [])
  const line = [program, ...args].join(' ')
  const fault = faults.find((each) => line.startsWith(each.call) && line.includes(each.with ?? '') && each.times !== 0)
  if (!fault) return
  if (fault.times !== undefined) {
    fault.times--
    write('faults.json', faults)
  }
  console.error(fault.says)
  process.exit(program === 'aws' ? 254 : 1)
}

export function read<T>(name: string, otherwise: T): T {
  return existsSync(file(name)) ? (JSON.parse(readFileSync(file(name), 'utf8')) as T) : otherwise
}

/** At once: a test may look while a command works. */
export function write(name: string, value: unknown): void {
  const draft = file(`${name}.${process.pid}`)
  writeFileSync(draft, JSON.stringify(value))
  renameSync(draft, file(name))
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
