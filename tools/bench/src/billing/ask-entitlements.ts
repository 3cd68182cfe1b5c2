// A process with the modules whose entries are its arguments, in which users asks billing what its parent wants.
import type { billing } from '@lightpress/billing-contract'
import { fakeNeighbour, serve, type Module } from '@lightpress/kernel'
import { identityContract, type Calls } from '@lightpress/protocol'

export interface Asked {
  organizationIds: string[]
  /** How often all of them are asked for again. */
  times: number
}

/** Microseconds of one call. */
export interface Took {
  first: number
  again: number
}

const nobody = fakeNeighbour(identityContract, {
  readVerificationKeys: () => ({ keys: [] }),
  readRevocations: () => ({ revocations: [], latest: 0, keySet: '' }),
})
const modules = await Promise.all(process.argv.slice(2).map(load))
const server = await serve(modules, { neighbours: [nobody] })

process.on('message', (asked: Asked) => void measure(asked).then((took) => process.send?.(took)))
process.once('SIGTERM', () => void server.close().then(() => process.exit()))
process.send?.('ready')

async function measure({ organizationIds, times }: Asked): Promise<Took> {
  const first = await ask(organizationIds)
  return { first, again: await ask(Array.from({ length: times }, () => organizationIds).flat()) }
}

/** One call after the other. */
async function ask(organizationIds: readonly string[]): Promise<number> {
  // As users declares it among its needs.
  const calls = server.contextFor('users').calls as unknown as { billing: Calls<typeof billing> }
  const start = performance.now()
  for (const organizationId of organizationIds) {
    const { planId } = await calls.billing.readEntitlements({ organizationId })
    if (planId !== 'pro') throw new Error(`${organizationId} has the plan ${planId}.`)
  }
  return ((performance.now() - start) / organizationIds.length) * 1_000
}

async function load(entry: string): Promise<Module> {
  const [module] = Object.values((await import(entry)) as Record<string, Module>)
  if (!module) throw new Error(`${entry} exports no module.`)
  return module
}
