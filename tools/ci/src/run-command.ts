import { z } from 'zod'
import { command } from './deploy/failure.ts'
import { Environment, minutes, readInput } from './deploy/input.ts'
import { runCommand } from './deploy/run-command.ts'
import { readTarget, serviceOf } from './deploy/target.ts'
import { untilToldToStop } from './deploy/waiting.ts'

// node tools/ci/src/run-command.ts --environment production --service billing --words 'events list'
await command(async () => {
  const { environment, service, words, timeLimit } = readInput({
    environment: Environment,
    service: z.string().meta({ example: 'billing' }),
    words: z.string().meta({ example: "'events list', as `main.js help` lists them" }),
    timeLimit: minutes(30),
  })
  const target = await readTarget(environment)
  const options = { target, timeLimit, signal: untilToldToStop() }
  await runCommand(serviceOf(target, service), words.trim().split(/\s+/), options)
})
