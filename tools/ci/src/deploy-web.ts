import { z } from 'zod'
import { join } from 'node:path'
import { readDeployed, requireFresh } from './deploy/deployed.ts'
import { command } from './deploy/failure.ts'
import { Environment, readInput } from './deploy/input.ts'
import { PlanFile, readPlan, writePlan } from './deploy/plan.ts'
import { readTarget } from './deploy/target.ts'
import { deployWeb } from './deploy/web.ts'
import { workspace } from './discover.ts'

// node tools/ci/src/deploy-web.ts --environment staging --plan .data/plan.json
await command(async () => {
  const {
    environment,
    plan: file,
    folder,
  } = readInput({
    environment: Environment,
    plan: PlanFile,
    folder: z.string().default(join(workspace, 'apps/web/dist')),
  })
  const plan = readPlan(file, environment)
  requireFresh(plan, await readDeployed(environment))
  if (!plan.web) return console.log('The web is as it was.')
  const webHash = await deployWeb(folder, await readTarget(environment), { expected: plan.webHash })
  writePlan(file, { ...plan, webHash })
})
