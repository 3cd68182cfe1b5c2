import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { catalogue, deployTargetName, type DeployTarget } from 'infra'
import { workspace } from '../../src/discover.ts'
import type { Deployed } from '../../src/deploy/deployed.ts'
import type { Plan } from '../../src/deploy/plan.ts'
import type { Fault } from '../stand-ins/call.ts'
import { port } from '../stand-ins/server.ts'
import type { TaskDefinition, World } from '../stand-ins/world.ts'

const standIns = join(import.meta.dirname, '../stand-ins')
const account = '123456789012'
export const modules = catalogue.map(({ module }) => module)

export const commitOf = (what: string) => createHash('sha1').update(what).digest('hex')
export const hashOf = (what: string) => createHash('sha256').update(what).digest('hex')
export const digestOf = (what: string) => `sha256:${hashOf(what)}`
const repositoryOf = (module: string) => `${account}.dkr.ecr.eu-west-2.amazonaws.com/lightpress/${module}-service`

export type Account = ReturnType<typeof createAccount>

/** An AWS account of a test's own, in a folder, with commands that work in it and nowhere else. */
export function createAccount(environment: 'staging' | 'production', url = 'http://127.0.0.1:9') {
  const folder = mkdtempSync(join(tmpdir(), 'lightpress-account-'))
  const file = (name: string) => join(folder, name)
  const target = targetOf(environment, url)
  const write = (world: World) => writeFileSync(file('world.json'), JSON.stringify(world))
  const read = () => JSON.parse(readFileSync(file('world.json'), 'utf8')) as World
  write(worldOf(target))
  writeFileSync(file('calls.jsonl'), '')
  return {
    target,
    folder,
    /** What commands need that are to work in it. */
    env: environmentOf(folder),
    plan: file('plan.json'),
    world: read,
    change(change: (world: World) => void) {
      const world = read()
      change(world)
      write(world)
    },
    /** As Pulumi leaves modules behind: nothing of them was deployed yet. */
    empty(...modules: string[]) {
      const world = read()
      const first = (arn: string) => arn.replace(/:\d+$/, ':1')
      const name = `/lightpress/${environment}/deployed`
      const deployed = JSON.parse(world.parameters[name] ?? 'null') as Deployed
      for (const module of modules) {
        Reflect.deleteProperty(deployed.services, module)
        for (const service of [`${module}-http`, `${module}-worker`]) {
          const made = world.services[service]!
          Object.assign(made, { taskDefinition: first(made.taskDefinition), desiredCount: 0 })
          world.families[service]!.length = 1
          for (const one of world.deployments.filter((deployment) => deployment.service === service))
            one.to = first(one.to)
        }
      }
      world.parameters[name] = JSON.stringify(deployed)
      write(world)
    },
    fail: (...faults: Fault[]) => writeFileSync(file('faults.json'), JSON.stringify(faults)),
    /** Each call as one line, in their order. */
    calls: () =>
      readFileSync(file('calls.jsonl'), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as string[]).join(' ')),
    parameter: (name: string) => JSON.parse(read().parameters[name] ?? 'null') as Deployed | null,
    writePlan: (plan: Plan) => writeFileSync(file('plan.json'), JSON.stringify(plan)),
    readPlan: () => JSON.parse(readFileSync(file('plan.json'), 'utf8')) as Plan,
    start: (name: string, ...args: string[]) => start(name, args, folder),
    run: (name: string, ...args: string[]) => start(name, args, folder).ended,
    remove: () => rmSync(folder, { recursive: true }),
  }
}

/** Runs `tools/ci/src/<name>.ts` as a pipeline does. */
function start(name: string, args: readonly string[], folder: string) {
  const path = [join(standIns, 'history'), standIns, process.env.PATH ?? ''].join(delimiter)
  const child = spawn(process.execPath, [join(workspace, 'tools/ci/src', `${name}.ts`), ...args], {
    env: { ...process.env, ...environmentOf(folder), PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, output }))
  })
  return { child, ended }
}

function environmentOf(folder: string): Record<string, string> {
  return {
    STAND_IN_FOLDER: folder,
    STAND_IN_PORT: port,
    POLL_SECONDS: '0.01',
    // Tests start many commands.
    NODE_COMPILE_CACHE: join(tmpdir(), 'lightpress-stand-ins'),
  }
}

/** A plan that brings these modules, each with an image. */
export function planOf(environment: 'staging' | 'production', ...bring: string[]): Plan {
  return {
    environment,
    commit: commitOf('new'),
    base: commitOf('old'),
    over: commitOf('old'),
    build: bring,
    deploy: bring.map((module) => ({
      module,
      hash: hashOf(`${module} new`),
      digest: digestOf(`${module} new`),
    })),
    infra: false,
    web: false,
    images: {},
  }
}

function targetOf(environment: 'staging' | 'production', url: string): DeployTarget {
  const canary = environment === 'production'
  return {
    environment,
    region: 'eu-west-2',
    account,
    cluster: 'lightpress',
    url,
    services: modules.map((module) => ({
      module,
      repository: repositoryOf(module),
      http: { service: `${module}-http`, family: `${module}-http`, tasks: 3, canary },
      worker: { service: `${module}-worker`, family: `${module}-worker`, tasks: 2 },
      migrate: {
        family: `${module}-migrate`,
        subnets: ['subnet-1'],
        securityGroups: ['sg-1'],
      },
      alarms: [`${module}-errors`],
    })),
    web: { bucket: 'web-bucket', distribution: 'E1' },
    alertTopic: `arn:aws:sns:eu-west-2:${account}:ops-critical`,
  }
}

/** Everything runs what was deployed before: revision 1 is Pulumi's, revision 2 of the commit "old". */
function worldOf(target: DeployTarget): World {
  const kinds = ['http', 'worker', 'migrate'] as const
  const families = target.services.flatMap(({ module }) => kinds.map((kind) => familyOf(module, kind)))
  const running = (family: string) => `arn:aws:ecs:eu-west-2:${account}:task-definition/${family}:2`
  return {
    account,
    parameters: {
      [deployTargetName(target.environment)]: JSON.stringify(target),
      [`/lightpress/${target.environment}/deployed`]: JSON.stringify({
        commit: commitOf('old'),
        release: commitOf('old'),
        services: Object.fromEntries(
          modules.map((module) => [
            module,
            {
              digest: digestOf(`${module} old`),
              hash: hashOf(`${module} old`),
              taskDefinition: running(`${module}-http`),
              worker: running(`${module}-worker`),
            },
          ]),
        ),
        web: { commit: commitOf('old'), hash: hashOf('web old') },
      }),
    },
    images: {},
    families: Object.fromEntries(families.map((revisions) => [revisions[0]?.shape.family, revisions])),
    services: Object.fromEntries(
      target.services.flatMap(({ http, worker }) => [
        [
          http.service,
          {
            taskDefinition: running(http.family),
            desiredCount: 3,
            configuration: http.canary ? canaryConfiguration : { strategy: 'ROLLING' },
          },
        ],
        [
          worker.service,
          { taskDefinition: running(worker.family), desiredCount: 2, configuration: { strategy: 'ROLLING' } },
        ],
      ]),
    ),
    deployments: target.services.flatMap(({ http, worker }) =>
      [http, worker].map(({ service, family }, index) => ({
        arn: `arn:aws:ecs:eu-west-2:${account}:service-deployment/lightpress/${service}/old`,
        service,
        createdAt: 1_600_000_000 + index,
        from: running(family).replace(/:2$/, ':1'),
        to: running(family),
        steps: [],
        at: 0,
        status: 'SUCCESSFUL',
      })),
    ),
    tasks: {},
    alarms: Object.fromEntries(modules.map((module) => [`${module}-errors`, 'OK'])),
    endings: {},
    courses: {},
    objects: {},
    published: [],
    history: { head: commitOf('new'), commits: [commitOf('old'), commitOf('new')], changes: '' },
  }
}

export const canaryConfiguration = {
  strategy: 'CANARY',
  bakeTimeInMinutes: 10,
  canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 10 },
  lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] }],
}

function familyOf(module: string, kind: string): TaskDefinition[] {
  const family = `${module}-${kind}`
  const arn = (revision: number) => `arn:aws:ecs:eu-west-2:${account}:task-definition/${family}:${revision}`
  const shape = (image: string) => ({
    family,
    cpu: '512',
    memory: '1024',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    volumes: [],
    containerDefinitions: [
      {
        name: 'service',
        image,
        environment: [{ name: 'LOG_LEVEL', value: 'info' }],
        logConfiguration: {
          logDriver: 'awslogs',
          options: { 'awslogs-group': `/lightpress/${module}`, 'awslogs-stream-prefix': 'service' },
        },
      },
      { name: 'collector', image: 'public.ecr.aws/collector:1' },
    ],
  })
  const tags = Object.entries({ template: arn(1), commit: commitOf('old'), hash: hashOf(`${module} old`) })
  return [
    { arn: arn(1), shape: shape(`${repositoryOf(module)}:set-by-deployment`), tags: [] },
    {
      arn: arn(2),
      shape: shape(`${repositoryOf(module)}@${digestOf(`${module} old`)}`),
      tags: tags.map(([key, value]) => ({ key: `lightpress:${key}`, value })),
    },
  ]
}
