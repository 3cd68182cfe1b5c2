import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { command, failAfter } from './deploy/failure.ts'
import { readInput, Switch } from './deploy/input.ts'
import { PlanFile, readPlan } from './deploy/plan.ts'
import { smoke } from './deploy/smoke.ts'
import { takeBack } from './deploy/take-back.ts'
import { pollSeconds } from './deploy/waiting.ts'

/** How often it is asked before the answer is that it does not work. */
const ATTEMPTS = 3

// node tools/ci/src/smoke.ts --url https://app.example.com [--test] [--else-roll-back .data/plan.json]
// The release that the plan brought goes back where it does not answer as it should, and the command fails all the same.
await command(async () => {
  const { url, test, elseRollBack } = readInput({
    url: z.url({ protocol: /^https?$/ }).meta({ example: 'https://app.example.com' }),
    test: Switch,
    elseRollBack: PlanFile.optional(),
  })
  try {
    await askPatiently(url, test)
    console.log(`${url} answers as it should${test ? ', by the version that is tested' : ''}.`)
  } catch (error) {
    if (!elseRollBack) throw error
    await failAfter(error, async () => {
      const { environment, deploy } = readPlan(elseRollBack)
      // What runs was brought by another run, which found it good.
      if (deploy.length === 0) return 'Nothing was rolled back: by the plan no service got another version.'
      console.error(`${url} does not answer as it should: what the last release brought goes back.`)
      const untold = await takeBack({ environment, mode: 'release', timeLimit: 30 })
      await askPatiently(url, false)
      return ['The release was rolled back, and what ran before answers as it should.', untold]
        .filter(Boolean)
        .join('\n')
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
