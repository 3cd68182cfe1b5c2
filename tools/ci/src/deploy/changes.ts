import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { appOf, catalogue } from 'infra'
import { z } from 'zod'
import { hashOf } from '../bundle-hash.ts'
import { bundle } from '../bundle.ts'
import { readContracts, workspace } from '../discover.ts'
import type { Deployed } from './deployed.ts'
import { git, hasCommit, headCommit } from './git.ts'
import type { Environment } from './input.ts'
import { edgesOf, listenersFirst, type Said } from './order.ts'
import type { Plan } from './plan.ts'

export interface ChangesOptions {
  /** Every service anew, also where its bundle is as it was: for what an image has besides. */
  all: boolean
}

/** What there is to do, so that this commit runs in an environment in which `deployed` does. */
export async function planChanges(
  environment: Environment,
  deployed: Deployed | undefined,
  { all }: ChangesOptions,
): Promise<Plan> {
  const commit = headCommit()
  const base = usableBase(deployed)
  const affected = base === undefined ? undefined : affectedSince(base)
  const reaches = (project: string) => affected?.has(project) ?? true

  const build = catalogue
    .filter((service) => all || reaches(`@lightpress/${appOf(service)}`) || !deployed?.services[service.module])
    .map(({ module }) => module)
  const hashes = new Map<string, string>()
  for (const module of build) hashes.set(module, await hashOfService(module))
  const changed = build.filter((module) => all || hashes.get(module) !== deployed?.services[module]?.hash)
  const order = await deploymentOrder(changed, base)
  return {
    environment,
    commit,
    base: base ?? null,
    over: deployed?.release ?? null,
    build,
    deploy: order.map((module) => ({ module, hash: hashes.get(module) ?? '' })),
    infra: reaches('infra'),
    web: reaches('@lightpress/web') || !deployed?.web,
    images: {},
    ...(all && { again: true }),
  }
}

/** Listeners before publishers, as this commit's contracts have them; `base` is what runs. */
export async function deploymentOrder(modules: readonly string[], base: string | undefined): Promise<string[]> {
  const events = (await readContracts()).flatMap((declared) => declared.events)
  return listenersFirst(modules, edgesOf(events, base === undefined ? undefined : saidAt(base)))
}

/** The commit to compare with: the one last deployed there, if this clone can have it. */
export function usableBase(deployed: Deployed | undefined): string | undefined {
  const commit = deployed?.commit
  if (!commit) return undefined
  if (hasCommit(commit)) return commit
  console.log(`The commit last deployed, ${commit}, is not in this clone nor at its origin: all counts as changed.`)
  return undefined
}

function affectedSince(base: string): Set<string> {
  const args = ['show', 'projects', '--affected', `--base=${base}`, '--head=HEAD', '--json']
  const shown = execFileSync(join(workspace, 'node_modules/.bin/nx'), args, {
    cwd: workspace,
    encoding: 'utf8',
    env: { ...process.env, NX_DAEMON: 'false' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Set(z.array(z.string()).parse(JSON.parse(shown)))
}

async function hashOfService(module: string): Promise<string> {
  const { folder } = await bundle(join(workspace, 'apps', `${module}-service`))
  return hashOf(folder)
}

/** From the snapshots that are committed beside the contracts. */
function saidAt(commit: string): Said {
  const files = git('ls-tree', '-r', '--name-only', commit, 'packages')
    .split('\n')
    .filter((file) => /^packages\/[^/]+\/contract\/snapshot\.json$/.test(file))
  const snapshots = files.map((file) => Snapshot.parse(JSON.parse(git('show', `${commit}:${file}`))))
  return new Map(
    snapshots.flatMap(({ events }) => Object.entries(events).map(([type, { listeners }]) => [type, listeners])),
  )
}

const Snapshot = z.object({ events: z.record(z.string(), z.object({ listeners: z.array(z.string()) })) })
