import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { imageBudget, megabytes } from '../bundle-budget.ts'
import { hashOf } from '../bundle-hash.ts'
import { bundle } from '../bundle.ts'
import { workspace } from '../discover.ts'
import { ask } from './docker.ts'
import { until } from './project.ts'

const BASE = 'node:24-bookworm-slim'

/** What an image weighs, and whether it holds the bundle that these sources make here, byte for byte. */
export async function weighImage(app: string): Promise<{ row: Record<string, string>; problems: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'lightpress-image-'))
  try {
    const here = await bundle(join(workspace, 'apps', app), join(folder, 'here'))
    await copyOut(`localhost/lightpress/${app}`, join(folder, 'shipped'))
    const [made, shipped] = [await hashOf(here.folder), await hashOf(join(folder, 'shipped'))]
    const over = (await sizeOf(`localhost/lightpress/${app}`)) - (await sizeOf(BASE))
    const script = here.files.find(({ path }) => basename(path) === 'main.js')?.bytes ?? 0
    return {
      row: { 'main.js': megabytes(script), 'image over its base': megabytes(over), hash: made.slice(0, 12) },
      problems: [
        ...(made === shipped
          ? []
          : [`${app}: the image holds another bundle (${shipped}) than is made here (${made}).`]),
        ...(await foundInside(app)),
        ...(over <= imageBudget(app) ? [] : [`${app}: the image weighs ${megabytes(over)} over its base.`]),
      ],
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Milliseconds from the start of a container's process to the line in which it says that it is ready. */
export async function timeToReady(container: string): Promise<number> {
  await ask(['docker', 'restart', '--time', '60', container])
  const started = Date.parse(await ask(['docker', 'inspect', '--format', '{{.State.StartedAt}}', container]))
  const ready = await until(
    async () => {
      const log = await ask(['docker', 'logs', '--timestamps', '--since', new Date(started).toISOString(), container])
      return log.split('\n').find((line) => line.includes('"msg":"ready"'))
    },
    (line) => line !== undefined,
    { what: `${container} did not say that it is ready`, seconds: 60 },
  )
  return Date.parse(ready?.split(' ')[0] ?? '') - started
}

/** What an image must not have: a root user, or anything that looks like a secret. */
async function foundInside(app: string): Promise<string[]> {
  const format = '{{.Config.User}} {{range .Config.Env}}{{.}} {{end}}'
  const [user = '', ...env] = (
    await ask(['docker', 'image', 'inspect', '--format', format, `localhost/lightpress/${app}`])
  ).split(' ')
  const names = env.map((variable) => variable.split('=')[0] ?? '')
  return [
    ...(user === 'node' ? [] : [`${app}: the image runs as ${user || 'root'}.`]),
    ...names
      .filter((name) => /KEY|SECRET|TOKEN|PASSWORD|_URL$/.test(name))
      .map((name) => `${app}: the image holds ${name}.`),
  ]
}

async function copyOut(image: string, target: string): Promise<void> {
  const container = await ask(['docker', 'create', image])
  try {
    await ask(['docker', 'cp', `${container}:/app`, target])
  } finally {
    await ask(['docker', 'rm', container])
  }
}

async function sizeOf(image: string): Promise<number> {
  return Number(await ask(['docker', 'image', 'inspect', '--format', '{{.Size}}', image]))
}
