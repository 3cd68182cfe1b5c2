import { z } from 'zod'
import { command } from './deploy/failure.ts'
import { readInput } from './deploy/input.ts'
import { Commit, PlanFile, writePlan } from './deploy/plan.ts'
import { planPromotion } from './deploy/promote.ts'

// node tools/ci/src/promote.ts --out .data/plan.json [--commit <sha>] [--staging-profile staging]
await command(async () => {
  const { out, commit, stagingProfile } = readInput({
    out: PlanFile,
    commit: Commit.optional(),
    stagingProfile: z.string().optional(),
  })
  const plan = await planPromotion({ commit, stagingProfile })
  writePlan(out, plan)
  console.log(`${plan.commit} is green in staging. To production, in this order:`)
  for (const { module, digest } of plan.deploy) console.log(`  ${module} ${digest ?? ''}`)
  console.log(plan.web ? `  the web ${plan.webHash ?? ''}` : '  the web is as it was')
})
