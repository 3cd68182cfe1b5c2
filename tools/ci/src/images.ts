import { z } from 'zod'
import { command } from './deploy/failure.ts'
import { headCommit, requireCleanTree } from './deploy/git.ts'
import { branchTag, pushImages } from './deploy/images.ts'
import { readInput } from './deploy/input.ts'
import { PlanFile, readPlan, writePlan } from './deploy/plan.ts'
import { readTarget } from './deploy/target.ts'
import { Failure } from './deploy/failure.ts'

// node tools/ci/src/images.ts --plan .data/plan.json --branch main [--nightly 2026-11-21] [--platforms linux/arm64]
await command(async () => {
  const {
    plan: file,
    branch,
    nightly,
    platforms,
  } = readInput({
    plan: PlanFile,
    branch: z.string().optional(),
    nightly: z.iso.date().optional(),
    platforms: z.string().default('linux/amd64,linux/arm64'),
  })
  const plan = readPlan(file)
  requireCleanTree()
  if (headCommit() !== plan.commit)
    throw new Failure(`The plan is for ${plan.commit}, and this is ${headCommit()}: make the plan anew.`)
  const tags = [...(branch ? [branchTag(branch)] : []), ...(nightly ? [`nightly-${nightly}`] : [])]
  const images = await pushImages(plan, await readTarget(plan.environment), { platforms, tags })
  const deploy = plan.deploy.map((planned) => {
    const digest = images[planned.module]
    return digest ? { ...planned, digest } : planned
  })
  writePlan(file, { ...plan, deploy, images })
})
