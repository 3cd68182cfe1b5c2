import { z } from 'zod'
import { command, Failure } from './deploy/failure.ts'
import { headCommit, requireCleanTree } from './deploy/git.ts'
import { branchTag, keepReleased, pushImages } from './deploy/images.ts'
import { readInput, Switch } from './deploy/input.ts'
import { PlanFile, readPlan, writePlan } from './deploy/plan.ts'
import { readTarget } from './deploy/target.ts'

// node tools/ci/src/images.ts --plan .data/plan.json --branch main [--platforms linux/arm64]
// node tools/ci/src/images.ts --plan .data/plan.json --release: keeps for good what went to production, and builds nothing
await command(async () => {
  const {
    plan: file,
    branch,
    platforms,
    release,
  } = readInput({
    plan: PlanFile,
    branch: z.string().optional(),
    platforms: z.string().default('linux/amd64,linux/arm64'),
    release: Switch,
  })
  const plan = readPlan(file)
  // Images are in the registry of the account that tests them, whoever runs them.
  const target = await readTarget('staging')
  if (release) {
    if (plan.environment !== 'production')
      throw new Failure('What production has is released: --release is for its plan.')
    return keepReleased(plan, target)
  }
  requireCleanTree()
  if (headCommit() !== plan.commit)
    throw new Failure(`The plan is for ${plan.commit}, and this is ${headCommit()}: make the plan anew.`)
  const tags = branch ? [branchTag(branch)] : []
  const images = await pushImages(plan, target, { platforms, tags })
  const deploy = plan.deploy.map((planned) => {
    const digest = images[planned.module]
    return digest ? { ...planned, digest } : planned
  })
  writePlan(file, { ...plan, deploy, images })
})
