import { z } from 'zod'
import { command, Failure } from './deploy/failure.ts'
import { Environment, minutes, readInput } from './deploy/input.ts'
import { Mode, takeBack } from './deploy/take-back.ts'

// node tools/ci/src/rollback.ts --environment production --mode in-flight [--service users]
await command(async () => {
  const untold = await takeBack(
    readInput({ environment: Environment, mode: Mode, service: z.string().optional(), timeLimit: minutes(30) }),
  )
  if (untold) throw new Failure(untold)
})
