import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { command, failAfter } from './deploy/failure.ts'
import { Environment, readInput, Switch } from './deploy/input.ts'
import { smoke } from './deploy/smoke.ts'
import { takeBack } from './deploy/take-back.ts'
import { pollSeconds } from './deploy/waiting.ts'

/** How often it is asked before the answer is that it does not work. */
const ATTEMPTS = 3

// node tools/ci/src/smoke.ts --url https://app.example.com [--test] [--else-roll-back production]
// What the last release brought goes back where it does not answer as it should, and the command fails all the same.
await command(async () => {
  const { url, test, elseRollBack } = readInput({
    url: z.url({ protocol: /^https?$/ }).meta({ example: 'https://app.example.com' }),
    test: Switch,
    elseRollBack: Environment.optional(),
  })
  try {
    await askPatiently(url, test)
    console.log(`${url} answers as it should${test ? ', by the version that is tested' : ''}.`)
  } catch (error) {
    if (!elseRollBack) throw error
    console.error(`${url} does not answer as it should: what the last release brought goes back.`)
    await failAfter(error, async () => {
      await takeBack({ environment: elseRollBack, mode: 'release', timeLimit: 30 })
      await askPatiently(url, false)
      return 'The release was rolled back, and what ran before answers as it should.'
    })
  }
})

/** One bad moment of the network is no reason to take a release back. */
async function askPatiently(url: string, test: boolean): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await smoke(url, { test })
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
      console.log(`Asked again, because the answer was: ${String(error)}`)
    }
    await sleep(pollSeconds() * 1_000)
  }
}
