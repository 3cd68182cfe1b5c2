import { z } from 'zod'
import { readDeployed, requireFresh } from './deploy/deployed.ts'
import { command, Failure } from './deploy/failure.ts'
import { Environment, readInput } from './deploy/input.ts'
import { PlanFile, readPlan } from './deploy/plan.ts'
import { packageManagerOf, workspace } from './discover.ts'
import { run } from './run.ts'

// node tools/ci/src/infrastructure.ts --environment staging --plan .data/plan.json
// Applies the Pulumi program, when the plan says that it changed since that environment's last deployment.
await command(async () => {
  const { environment, plan: file } = readInput({
    environment: Environment,
    plan: PlanFile,
    PULUMI_BACKEND_URL: z.string().meta({ example: 's3://lightpress-pulumi-state?region=eu-west-2' }),
  })
  const plan = readPlan(file, environment)
  if (!plan.infra) return console.log('The infrastructure is as it was.')
  // Who runs an old pipeline once more would have the shape of then.
  requireFresh(plan, await readDeployed(environment))
  // `run`, because `pnpm up` is pnpm's own command and would update our dependencies.
  const up = ['--yes', packageManagerOf(), '--filter', 'infra', 'run', 'up', '--stack', environment, '--yes']
  const { ok } = await run('npx', up, { cwd: workspace })
  if (!ok)
    throw new Failure(`The infrastructure of ${environment} was not applied, or not all of it; Pulumi says why above.`)
})
