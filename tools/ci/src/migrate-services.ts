import { readDeployed, requireFresh } from './deploy/deployed.ts'
import { command } from './deploy/failure.ts'
import { Environment, minutes, readInput } from './deploy/input.ts'
import { migrateAll } from './deploy/migrate.ts'
import { PlanFile, readPlan } from './deploy/plan.ts'
import { readTarget } from './deploy/target.ts'
import { untilToldToStop } from './deploy/waiting.ts'

// node tools/ci/src/migrate-services.ts --environment staging --plan .data/plan.json
await command(async () => {
  const {
    environment,
    plan: file,
    timeLimit,
  } = readInput({
    environment: Environment,
    plan: PlanFile,
    timeLimit: minutes(30),
  })
  const plan = readPlan(file, environment)
  requireFresh(plan, await readDeployed(environment))
  await migrateAll(plan, await readTarget(environment), { timeLimit, signal: untilToldToStop() })
  if (plan.deploy.length === 0) console.log('No service gets another version, so nothing was migrated.')
})
