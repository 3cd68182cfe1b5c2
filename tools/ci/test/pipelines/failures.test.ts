import { describe, expect, it } from 'vitest'
import { composeMessage, readNews } from '../../src/notify/message.ts'
import { checks, install, production, staging, type Stage } from '../../src/pipeline/stages.ts'
import { toldToFail, type StandInOptions } from './stand-ins.ts'
import { commit, playBuildspec, playJenkinsfile, playWorkflow, vars, type Played } from './triggers.ts'

const deployments = [...staging, ...production]
const everything = [...checks, ...deployments]
const toProduction = fixedPart(production[0]?.command ?? '')

interface Pipeline {
  name: string
  play: (options?: StandInOptions) => Promise<Played>
  environment: string
  /** What runs side by side with what fails. */
  mayGoOn: readonly Stage[]
}

const pipelines: Pipeline[] = [
  { name: 'GitHub, to staging', play: toStaging, environment: 'staging', mayGoOn: checks },
  { name: 'GitHub, to production', play: fromStaging, environment: 'production', mayGoOn: [] },
  { name: 'Jenkins', play: playJenkinsfile, environment: 'staging', mayGoOn: [] },
  { name: 'CodeBuild', play: playBuildspec, environment: 'staging', mayGoOn: [] },
]
const green = new Map<string, Played>()
for (const { name, play } of pipelines) green.set(name, await play())

it('Jenkins promotes the commit that it has checked out, and nothing that was green by then', () => {
  const promoted = green.get('Jenkins')!.commands.filter((command) => command.includes('promote.ts'))
  expect(promoted).toEqual([
    `node tools/ci/src/promote.ts --out .data/plan.json --commit ${commit} --staging-profile staging`,
  ])
})

describe.each(pipelines)('$name:', ({ name, play, environment, mayGoOn }) => {
  const { result, commands } = green.get(name)!

  it('all goes well when every step does, and somebody is told', () => {
    expect(result).toBe('success')
    expect(commands.filter(isNews)).toEqual(
      expect.arrayContaining([
        `node tools/ci/src/notify.ts start --environment ${environment}`,
        `node tools/ci/src/notify.ts success --environment ${environment}`,
      ]),
    )
    expect(commands.filter(isBadNews)).toEqual([])
  })

  it.each([...new Set(commands)].filter((command) => !isNews(command)))(
    'when "%s" fails, it stops there, and says why',
    async (failing) => {
      const broken = await play({ failing })
      expect(broken.result).toBe('failure')
      expect(broken.log).toContain(toldToFail(failing))
      const after = broken.commands.slice(broken.commands.indexOf(failing) + 1)
      // GitHub's checks run side by side; nothing that changes anything follows them.
      const left = everything.filter((stage) => !mayGoOn.includes(stage))
      expect(after.filter((command) => left.some(({ command: one }) => command.startsWith(fixedPart(one))))).toEqual([])
      // Where a machine cannot even be set up, there is none that could tell.
      if (/^uses actions\/(checkout|setup-node)$/.test(failing)) return
      // Jenkins' second part tells of production.
      const second = commands.indexOf('node tools/ci/src/notify.ts start --environment production')
      const where = second >= 0 && commands.indexOf(failing) > second ? 'production' : environment
      expect(after.filter(isBadNews)).toEqual([`node tools/ci/src/notify.ts failure --environment ${where}`])
      expect(after.filter((command) => command.includes(`success --environment ${where}`))).toEqual([])
    },
  )
})

describe('each command', () => {
  it.each([
    ['GitHub', ['GitHub, to staging', 'GitHub, to production'], ''],
    ['Jenkins', ['Jenkins'], 'lightpress-role-'],
  ])('of %s has the role that it is for, and what changes nothing has none', (_, names, prefix) => {
    const calls = names.flatMap((name) => green.get(name)!.calls)
    for (const { command, role } of everything) {
      const wanted = role === undefined ? '' : `${prefix}${role}`
      const filled = command
        .replace('"$STAGING_URL"', vars.STAGING_URL)
        .replace('"$PRODUCTION_URL"', vars.PRODUCTION_URL)
      const found = calls.filter((call) => fixedPart(filled) === fixedOf(call.command, filled))
      expect(found.length, command).toBeGreaterThan(0)
      for (const call of found) expect(call.role, command).toBe(wanted)
    }
  })
})

it('tells by name which step failed', async () => {
  const failing = 'node tools/ci/src/smoke.ts --url https://staging.example.com'
  const answers = { 'notify.ts failure': 'echo "RESULTS=$RESULTS" | tr "\\n" " "' }
  const { log } = await toStaging({ failing, answers })
  const [, results = ''] = /RESULTS=(\{.*\})/.exec(log) ?? []
  const news = readNews({ event: 'failure', environment: 'staging' }, { GITHUB_SHA: commit, RESULTS: results })
  expect(composeMessage(news)).toBe('Deployment of cccccccccccc to staging failed in deploy / smoke.')
})

it.each([
  ['Jenkins', playJenkinsfile],
  ['CodeBuild', playBuildspec],
])('tells by name which step failed in %s', async (_, play) => {
  const failing = 'node tools/ci/src/smoke.ts --url https://staging.example.com'
  const { log } = await play({ failing, real: { names: ['notify'], env: {} } })
  expect(log).toContain('Deployment of cccccccccccc to staging failed in smoke.')
  const early = await play({ failing: install, real: { names: ['notify'], env: {} } })
  expect(early.log).toContain('Deployment of cccccccccccc to staging failed in install.')
})

describe('Jenkins', () => {
  it('stops before production when nobody approves', async () => {
    const { result, log, commands } = await playJenkinsfile({ approves: false })
    expect(result).toBe('aborted')
    expect(log).toContain('nobody approved')
    expect(commands.filter(isToProduction)).toEqual([])
  })

  it('has no production until an administrator says so', async () => {
    const { result, commands } = await playJenkinsfile({ production: false, approves: false })
    expect(result).toBe('success')
    expect(commands.filter(isToProduction)).toEqual([])
  })
})

function toStaging(options: StandInOptions = {}): Promise<Played> {
  return playWorkflow('deploy-staging', options)
}

function fromStaging(options: StandInOptions = {}): Promise<Played> {
  return playWorkflow('deploy-production', { inputs: { commit }, ...options })
}

function isNews(command: string): boolean {
  return command.startsWith('node tools/ci/src/notify.ts ')
}

function isBadNews(command: string): boolean {
  return command.startsWith('node tools/ci/src/notify.ts failure')
}

function isToProduction(command: string): boolean {
  return command.startsWith(toProduction) || command.includes(' https://example.com')
}

/** Up to what a variable fills in. */
function fixedPart(command: string): string {
  return command.split(/ "\$/)[0] ?? command
}

/** Of a call, as much as the command of the list says by itself; all of it where that is the whole command. */
function fixedOf(call: string, command: Stage['command']): string {
  const part = fixedPart(command)
  return part === command ? call : call.slice(0, part.length)
}
