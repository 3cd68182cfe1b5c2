import { z } from 'zod'
import { planChanges } from './deploy/changes.ts'
import { readDeployed } from './deploy/deployed.ts'
import { command } from './deploy/failure.ts'
import { Environment, readInput, Switch } from './deploy/input.ts'
import { PlanFile, writePlan } from './deploy/plan.ts'

// node tools/ci/src/changed.ts --environment staging --out .data/plan.json [--all]
// `--all`, or DEPLOY_ALL=true in a pipeline that somebody starts: every image anew, whatever is in it already. A base image
// with mended faults changes no bundle.
await command(async () => {
  const { environment, out, all, DEPLOY_ALL } = readInput({
    environment: Environment,
    out: PlanFile,
    all: Switch,
    DEPLOY_ALL: z.stringbool().default(false),
  })
  const plan = await planChanges(environment, await readDeployed(environment), { all: all || DEPLOY_ALL })
  writePlan(out, plan)
  console.log(`Of ${plan.commit}, compared with ${plan.base ?? 'nothing'}:`)
  console.log(`  to build: ${plan.build.join(', ') || 'nothing'}`)
  console.log(`  to deploy, in this order: ${plan.deploy.map(({ module }) => module).join(', ') || 'nothing'}`)
  console.log(`  infrastructure: ${plan.infra ? 'changed' : 'as it was'}; web: ${plan.web ? 'changed' : 'as it was'}`)
})
