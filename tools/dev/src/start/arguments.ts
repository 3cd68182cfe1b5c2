import { parseArgs } from 'node:util'
import { SetupError } from '@lightpress/local'
import type { Topology } from '../services.ts'

export interface StartArguments {
  topology: Topology
  port: number
  command: string
}

/** `--split` and PORT; anything else is refused rather than ignored. */
export function readArguments(args: string[], env: NodeJS.ProcessEnv): StartArguments {
  const { split } = parseStrictly(args)
  const port = Number(env.PORT || 3000)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new SetupError(`PORT is "${env.PORT}"; it must be a number from 1 to 65535.`)
  return { topology: split ? 'split' : 'single', port, command: split ? 'npm run start:split' : 'npm start' }
}

function parseStrictly(args: string[]): { split: boolean } {
  try {
    return parseArgs({ args, options: { split: { type: 'boolean', default: false } } }).values
  } catch (error) {
    throw new SetupError(`${(error as Error).message} The only option is --split.`)
  }
}
