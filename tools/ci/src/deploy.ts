import { z } from 'zod'
import { noteService, readDeployed, requireFresh } from './deploy/deployed.ts'
import { command } from './deploy/failure.ts'
import { Environment, minutes, readInput } from './deploy/input.ts'
import { PlanFile, readPlan, writePlan, type Plan, type Planned } from './deploy/plan.ts'
import { findOutdated, releaseService } from './deploy/release.ts'
import { readTarget, serviceOf } from './deploy/target.ts'
import { untilToldToStop } from './deploy/waiting.ts'

// node tools/ci/src/deploy.ts --environment staging --plan .data/plan.json [--service users]
await command(async () => {
  const {
    environment,
    plan: file,
    service,
    timeLimit,
  } = readInput({
    environment: Environment,
    plan: PlanFile,
    service: z.string().optional(),
    timeLimit: minutes(60),
  })
  const target = await readTarget(environment)
  const planned = readPlan(file, environment)
  const others = target.services.filter(({ module }) => !planned.deploy.some((each) => each.module === module))
  const deployed = await readDeployed(environment)
  requireFresh(planned, deployed)
  const outdated = await findOutdated(others, deployed)
  for (const { module } of outdated) console.log(`${module}: its image stays, in the shape that Pulumi gave it since`)

  let plan: Plan = { ...planned, deploy: [...planned.deploy, ...outdated] }
  const options = { target, commit: plan.commit, timeLimit, signal: untilToldToStop() }
  for (const each of plan.deploy.filter(({ module }) => service === undefined || module === service)) {
    // A rollback waits for nobody: where one took back what came through, the rest is not brought either.
    const now = await readDeployed(environment)
    requireFresh(plan, now)
    console.log(`${each.module}: deploying ${each.digest ?? ''}`)
    const brought = await releaseService(serviceOf(target, each.module), each, { ...options, deployed: now })
    const running: Planned = { ...each, ...brought }
    plan = { ...plan, deploy: plan.deploy.map((other) => (other.module === each.module ? running : other)) }
    // After each: what is deployed is known, also when the next one fails.
    writePlan(file, plan)
    await noteService(environment, plan, running)
    // From now on it holds for nothing but what it has brought itself.
    plan = { ...plan, over: plan.commit }
    writePlan(file, plan)
    console.log(`${each.module}: deployed`)
  }
  if (plan.deploy.length === 0) console.log('No service gets another version.')
})
