import { deploymentOrder, usableBase } from './changes.ts'
import { readDeployed, readGreen } from './deployed.ts'
import { Failure } from './failure.ts'
import { headCommit } from './git.ts'
import { findImage } from './images.ts'
import type { Plan } from './plan.ts'
import { readTarget, serviceOf } from './target.ts'

export interface PromoteOptions {
  /** Profile of the AWS command line that may read staging's parameters, where production is another account. */
  stagingProfile?: string | undefined
  /** Refuses when something else is green. */
  commit?: string | undefined
}

/** Production gets exactly what staging was found good with: the same images by digest, the same web by hash. */
export async function planPromotion({ stagingProfile, commit }: PromoteOptions): Promise<Plan> {
  const green = await readGreen(stagingProfile ? ['--profile', stagingProfile] : [])
  if (!green?.commit)
    throw new Failure('Nothing was found good in staging yet: `record.ts --environment staging --green` says so.')
  if (commit && commit !== green.commit)
    throw new Failure(`${commit} has no green run in staging; the last one is of ${green.commit}.`)
  const head = headCommit()
  if (head !== green.commit)
    throw new Failure(`Green in staging is ${green.commit}, and this is ${head}: check that commit out.`)

  const deployed = await readDeployed('production')
  // By digest, and not by hash: the same bundle on another base is to get there as well.
  const changed = Object.keys(green.services).filter(
    (module) => green.services[module]?.digest !== deployed?.services[module]?.digest,
  )
  const base = usableBase(deployed)
  const deploy = (await deploymentOrder(changed, base)).map((module) => {
    const tested = green.services[module]
    if (!tested) throw new Failure(`${module} is not in the green record of staging.`)
    return { module, hash: tested.hash, digest: tested.digest }
  })
  const target = await readTarget('production')
  for (const { module, digest } of deploy) {
    // By production's own right to pull it: the profile for staging may ask what is green there, and nothing else.
    if (await findImage(serviceOf(target, module), `imageDigest=${digest}`)) continue
    throw new Failure(`The image of ${module} that staging tested, ${digest}, is no longer in the registry.`)
  }
  return {
    environment: 'production',
    commit: green.commit,
    base: base ?? null,
    over: deployed?.release ?? null,
    build: [],
    deploy,
    infra: base !== green.commit,
    web: green.web !== null && green.web.hash !== deployed?.web?.hash,
    ...(green.web && { webHash: green.web.hash }),
    images: {},
  }
}
