import {
  afterPlan,
  deployedName,
  GREEN,
  markGreen,
  readDeployed,
  requireFresh,
  writeDeployed,
} from './deploy/deployed.ts'
import { command, Failure } from './deploy/failure.ts'
import { Environment, readInput, Switch } from './deploy/input.ts'
import { PlanFile, readPlan } from './deploy/plan.ts'

// node tools/ci/src/record.ts --environment staging --plan .data/plan.json [--green]
await command(async () => {
  const { environment, plan: file, green } = readInput({ environment: Environment, plan: PlanFile, green: Switch })
  const plan = readPlan(file, environment)
  if (green) {
    if (environment !== 'staging') throw new Failure('Only staging is tried before it is promoted: --green is for it.')
    await markGreen(plan)
    return console.log(`${GREEN} is ${plan.commit}: production may have it.`)
  }
  const deployed = await readDeployed(environment)
  requireFresh(plan, deployed)
  await writeDeployed(environment, afterPlan(plan, deployed))
  console.log(`${deployedName(environment)} is ${plan.commit}.`)
})
