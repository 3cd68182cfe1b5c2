import { planChanges } from './deploy/changes.ts'
import { readDeployed } from './deploy/deployed.ts'
import { command } from './deploy/failure.ts'
import { Environment, readInput } from './deploy/input.ts'
import { PlanFile, writePlan } from './deploy/plan.ts'

// node tools/ci/src/changed.ts --environment staging --out .data/plan.json
await command(async () => {
  const { environment, out } = readInput({ environment: Environment, out: PlanFile })
  const plan = await planChanges(environment, await readDeployed(environment))
  writePlan(out, plan)
  console.log(`Of ${plan.commit}, compared with ${plan.base ?? 'nothing'}:`)
  console.log(`  to build: ${plan.build.join(', ') || 'nothing'}`)
  console.log(`  to deploy, in this order: ${plan.deploy.map(({ module }) => module).join(', ') || 'nothing'}`)
  console.log(`  infrastructure: ${plan.infra ? 'changed' : 'as it was'}; web: ${plan.web ? 'changed' : 'as it was'}`)
})
