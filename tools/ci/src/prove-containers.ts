// node tools/ci/src/prove-containers.ts: builds the images of this commit, runs the product in containers, and proves what
// the deployment relies on. Prints what images weigh and how long services take. Everything is taken down afterwards.
//   PORT, MAILBOX_PORT, STRIPE_PORT, POSTGRES_PORT, REDIS_PORT   ports of this machine, free ones by default
//   POSTGRES_IMAGE, REDIS_IMAGE                                  where the official images cannot be had
import { execFileSync } from 'node:child_process'
import { freePort } from '@lightpress/local'
import { appOf, catalogue } from 'infra'
import { timeToReady, weighImage } from './containers/figures.ts'
import { withProject, type Project } from './containers/project.ts'
import {
  deploysUnderLoad,
  healsItself,
  journeys,
  scales,
  worksWithoutNotifications,
  type Proof,
} from './containers/proofs.ts'
import { command, Failure } from './deploy/failure.ts'
import { workspace } from './discover.ts'

/** Aim for a service with its database up, on a machine that has nothing else to do. */
const READY = 500

const proofs: Record<string, Proof> = {
  'down --volumes, and up: it heals itself': healsItself,
  '--scale users-service=3': scales,
  'the journeys': journeys,
  'notifications are away': worksWithoutNotifications,
  'every service replaced under load': deploysUnderLoad,
}

await command(async () => {
  const ports = await choosePorts()
  const env = { ...ports, REVISION: commit(), LOG_LEVEL: 'info' }
  const name = `lightpress-proof-${process.pid}`
  await withProject({ name, files: ['docker-compose.yml'], env }, async (project) => {
    await project.compose('build')
    await project.up()
    const problems = await figures(project)
    const proved = {
      project,
      url: `http://localhost:${ports.PORT}`,
      mailbox: `http://localhost:${ports.MAILBOX_PORT}`,
      databaseUrl: `postgres://lightpress:lightpress@localhost:${ports.POSTGRES_PORT}/lightpress`,
    }
    for (const [what, prove] of Object.entries(proofs)) {
      console.log(`\n== ${what}`)
      console.log(await prove(proved))
    }
    if (problems.length > 0) throw new Failure(problems.join('\n'))
  })
  console.log('\nAll proved.')
})

/** A row for each service. A time is told and not judged: it is the machine's as much as ours. */
async function figures(project: Project): Promise<string[]> {
  const rows: Record<string, Record<string, string>> = {}
  const problems: string[] = []
  for (const service of catalogue) {
    const app = appOf(service)
    const weighed = await weighImage(app)
    problems.push(...weighed.problems)
    const [container = ''] = await project.containers(app)
    const ready = await timeToReady(container)
    rows[app] = { ...weighed.row, 'ready after': `${ready} ms${ready > READY ? ` (aim: ${READY})` : ''}` }
  }
  console.table(rows)
  return problems
}

async function choosePorts() {
  const of = async (name: string) => process.env[name] || String(await freePort())
  return {
    PORT: await of('PORT'),
    MAILBOX_PORT: await of('MAILBOX_PORT'),
    STRIPE_PORT: await of('STRIPE_PORT'),
    POSTGRES_PORT: await of('POSTGRES_PORT'),
    REDIS_PORT: await of('REDIS_PORT'),
  }
}

function commit(): string {
  return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: workspace, encoding: 'utf8' }).trim()
}
