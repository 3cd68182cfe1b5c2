import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../deploy/failure.ts'
import { ask } from './docker.ts'
import { untilHealthy, type Project } from './project.ts'

/** Milliseconds that old and new serve side by side. */
const TOGETHER = 3_000

/** Seconds that a container may take to say by its HEALTHCHECK that it lives. */
const HEALTHY = 60

export interface Rolled {
  /** Commits that the images of the two are labelled with. */
  from: string
  to: string
  /** Requests that each answered while both ran. */
  old: number
  new: number
  /** Milliseconds from SIGTERM to the end of the old one. */
  stopped: number
}

/**
 * Replaces a service as a rolling deployment does: the new one beside the old, then SIGTERM to the old, which has to end
 * by itself and well.
 */
export async function roll(app: string, { compose, containers }: Project): Promise<Rolled> {
  const [old = '', ...more] = await containers(app)
  if (!old || more.length > 0) throw new Failure(`One container of ${app} was to run; there are ${more.length + 1}.`)
  await compose('up', '--detach', '--no-deps', '--no-recreate', '--scale', `${app}=2`, app)
  const [, young = ''] = await containers(app)
  await untilHealthy(young, HEALTHY)
  const since = new Date().toISOString()
  await sleep(TOGETHER)
  const [byOld, byYoung] = [await requestsTo(old, since), await requestsTo(young, since)]

  const began = performance.now()
  await ask(['docker', 'stop', '--time', '60', old])
  const stopped = Math.round(performance.now() - began)
  const code = await ask(['docker', 'inspect', '--format', '{{.State.ExitCode}}', old])
  if (code !== '0') throw new Failure(`The old ${app} did not end by itself, but with ${code} after ${stopped} ms.`)
  const [from, to] = [await revisionOf(old), await revisionOf(young)]
  await ask(['docker', 'rm', old])
  return { from, to, old: byOld, new: byYoung, stopped }
}

/** By its log: each request is a line. */
export async function requestsTo(container: string, since: string): Promise<number> {
  const log = await ask(['docker', 'logs', '--since', since, container])
  return log.split('\n').filter((line) => line.includes('"msg":"request"')).length
}

function revisionOf(container: string): Promise<string> {
  const label = '{{index .Config.Labels "org.opencontainers.image.revision"}}'
  return ask(['docker', 'inspect', '--format', label, container])
}
