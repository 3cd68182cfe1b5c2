import { parseArgs } from 'node:util'
import { z } from 'zod'
import { Failure } from './failure.ts'

export const Environment = z.enum(['staging', 'production']).meta({ example: 'staging or production' })
export type Environment = z.infer<typeof Environment>

/** An option without a value. */
export const Switch = z.boolean().default(false)

/** An option that takes minutes, also parts of one. */
export function minutes(byDefault: number) {
  return z.coerce.number().positive().default(byDefault)
}

/**
 * What a command takes from its arguments (`timeLimit` is `--time-limit`) and from the environment (`ALERT_TOPIC_ARN`).
 * All that is missing or wrong is named at once; empty counts as missing.
 */
export function readInput<Shape extends z.ZodRawShape>(
  shape: Shape,
  { args = process.argv.slice(2), env = process.env } = {},
): z.output<z.ZodObject<Shape>> {
  const names = Object.keys(shape)
  const options = readOptions(names, shape, args)
  const given = Object.fromEntries(
    names
      .map((name) => [name, isVariable(name) ? env[name] : options[optionOf(name)]] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  )
  const result = z.object(shape).safeParse(given)
  if (result.success) return result.data
  const problems = new Map(
    result.error.issues.map(({ path: [key], message }) => {
      const name = String(key)
      const example = (shape[name] as z.ZodType | undefined)?.meta()?.example
      const problem = given[name] === undefined ? 'is missing' : `is wrong: ${message}`
      return [name, `  ${wordsFor(name)} ${problem}${typeof example === 'string' ? ` (${example})` : ''}`]
    }),
  )
  throw new Failure(`This cannot start:\n${[...problems.values()].join('\n')}`)
}

function readOptions(names: readonly string[], shape: z.ZodRawShape, args: string[]): Record<string, unknown> {
  const options = names
    .filter((name) => !isVariable(name))
    .map((name) => [optionOf(name), { type: shape[name] === Switch ? 'boolean' : 'string' }] as const)
  try {
    return parseArgs({ args, options: Object.fromEntries(options), allowPositionals: false }).values
  } catch (error) {
    const known = options.map(([name]) => `--${name}`).join(', ')
    throw new Failure(`${error instanceof Error ? error.message : String(error)}. It takes ${known}.`)
  }
}

function wordsFor(name: string): string {
  return isVariable(name) ? `The variable ${name}` : `--${optionOf(name)}`
}

function isVariable(name: string): boolean {
  return /^[A-Z][A-Z0-9_]*$/.test(name)
}

function optionOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
