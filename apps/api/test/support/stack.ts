import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from '@lightpress/ci'
import { planServices, startStack as startPrograms, type Stack, type StackOptions } from '@lightpress/dev'
import { makeOnce } from '@lightpress/local'

export type { Stack, StackOptions }

/**
 * The whole product, run from its bundles as it is deployed. A process that runs from the sources, as `npm start` has it,
 * reads and compiles some thousand files first: most of what a start costs, and these tests start hundreds.
 */
export async function startStack(options: Omit<StackOptions, 'programs'>): Promise<Stack> {
  const planned = await planServices(options.topology)
  const commands = await built('apps/api')
  const services = await Promise.all(
    planned.map(async (service) => ({ ...service, entry: await built(service.entry.replace(/\/src\/.*/, '')) })),
  )
  return startPrograms({ ...options, programs: { services, commands } })
}

/** The script of an app. */
async function built(app: string): Promise<string> {
  const folder = await makeOnce(app.replace('/', '-'), (into) => bundle(join(root, app), into))
  return join(folder, 'main.js')
}

const root = fileURLToPath(new URL('../../../../', import.meta.url))
