import { z } from 'zod'
import { command } from './deploy/failure.ts'
import { Environment, minutes, readInput } from './deploy/input.ts'
import { Mode, takeBack } from './deploy/take-back.ts'

// node tools/ci/src/rollback.ts --environment production --mode in-flight [--service users]
await command(() =>
  takeBack(readInput({ environment: Environment, mode: Mode, service: z.string().optional(), timeLimit: minutes(30) })),
)
