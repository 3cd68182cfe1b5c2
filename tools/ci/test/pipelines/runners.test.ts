import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fillIn, holds } from './expressions.ts'
import { readBuildspec, runBuildspec } from './run-buildspec.ts'
import { readJenkinsfile, runJenkinsfile } from './run-jenkinsfile.ts'
import { runShell } from './shell.ts'
import { createStandIns, type StandIns } from './stand-ins.ts'

// A runner that lets anything pass would prove nothing: it is held to what the engines' own documentation says.
let standIns: StandIns
beforeEach(() => (standIns = createStandIns({ failing: 'npm fail' })))
afterEach(() => standIns.remove())
const commands = () => standIns.calls().map(({ command }) => command)

describe('what is recorded without a shell', () => {
  const how = { engine: 'github', env: { AWS_ROLE_ARN: 'push' } } as const

  it.each(['npm run lint', 'npm fail'])('is what a shell would have had recorded: %s', async (plain) => {
    const quick = await runShell(plain, standIns, how)
    // A comment is more than plain words, and so goes to the shell.
    const slow = await runShell(`${plain} # asked of bash`, standIns, how)
    expect(slow.ok).toBe(quick.ok)
    expect(slow.output.split('\n').slice(1)).toEqual(quick.output.split('\n').slice(1))
    expect(standIns.calls()).toEqual([
      { role: 'push', command: plain },
      { role: 'push', command: plain },
    ])
  })

  it('is no program that the machine lacks', async () => {
    const { ok, output } = await runShell('pnpx something', standIns, how)
    expect(ok).toBe(false)
    expect(output).toContain('not found')
  })
})

describe('CodeBuild', () => {
  const spec = (phases: string) => `version: 0.2\nenv: { shell: bash }\nphases: ${phases}`

  it('ends a phase at the command that fails, runs its finally, and no phase but post_build after build', async () => {
    const build = '{ commands: [npm fail, npm two], finally: [npm "last-$CODEBUILD_BUILD_SUCCEEDING"] }'
    const { result, log } = await runBuildspec(
      spec(`{ build: ${build}, post_build: { commands: [npm after] } }`),
      standIns,
    )
    expect(result).toBe('failure')
    expect(commands()).toEqual(['npm fail', 'npm last-0', 'npm after'])
    expect(log).toContain('Error: the command "npm fail" failed.')
  })

  it('goes to no other phase after install failed', async () => {
    const install = '{ commands: [npm fail], finally: [npm last] }'
    const phases = `{ install: ${install}, build: { commands: [npm two] }, post_build: { commands: [npm three] } }`
    expect(await runBuildspec(spec(phases), standIns)).toMatchObject({ result: 'failure' })
    expect(commands()).toEqual(['npm fail', 'npm last'])
  })

  it('is known by the keys that we use, and no others', () => {
    expect(() => readBuildspec(spec('{ build: { commands: [], retry: 3 } }'))).toThrow('retry')
  })
})

describe('Jenkins', () => {
  const pipeline = (stages: string, post = '') => `pipeline {\n agent none\n stages {\n${stages}\n}\n${post}\n}`
  const stage = (name: string, ...steps: string[]) =>
    `stage('${name}') { steps {\n${steps.map((step) => `sh '${step}'`).join('\n')}\n} }`

  it('ends at the step that fails, and runs what is to run after failures and always', async () => {
    const post = "post {\n always { sh 'npm always' }\n success { sh 'npm well' }\n unsuccessful { sh 'npm badly' }\n }"
    const source = pipeline(`${stage('one', 'npm one', 'npm fail', 'npm two')}\n${stage('two', 'npm three')}`, post)
    const { result, stages, log } = await runJenkinsfile(source, { standIns })
    expect([result, stages]).toEqual(['failure', ['one']])
    expect(commands()).toEqual(['npm one', 'npm fail', 'npm always', 'npm badly'])
    expect(log).toContain('of the Jenkinsfile failed')
  })

  it('ends a script at its first line that fails', async () => {
    await runJenkinsfile(pipeline(stage('one', 'npm fail; npm two')), { standIns })
    expect(commands()).toEqual(['npm fail'])
  })

  it.each([
    ['code of its own', "stage('a') { steps { script { sh 'npm one' } } }", '"script" may not stand in steps'],
    ['a step that goes on after failures', "stage('a') { steps { catchError { sh 'npm one' } } }", 'catchError'],
    ['text that Groovy fills in', `stage('a') { steps { sh "npm $\{PASSWORD}" } }`, 'would be filled in by Groovy'],
    ['a block that does not end', "stage('a') { steps { sh 'npm one' }", 'is missing'],
    ['a variable', 'def x = 1', 'begins no statement'],
    [
      'an operator',
      "stage('a') { when { environment name: 'A' && 'B', value: 'c' } }",
      'no part of a thin Jenkinsfile',
    ],
  ])('does not read %s', (_, stages, said) => {
    expect(() => readJenkinsfile(pipeline(stages))).toThrow(said)
  })
})

describe('GitHub', () => {
  const contexts = { needs: { deploy: { result: 'failure' } }, vars: { ROLE: 'push' }, github: { event: {} } }

  it('fills in what is known, and nothing for what is not', () => {
    expect(fillIn('${{ vars.ROLE }}-${{ vars.OTHER }}-${{ github.event.pull_request.number || 7 }}', contexts)).toBe(
      'push--7',
    )
    expect(() => fillIn('${{ matrix.os }}', contexts)).toThrow('matrix')
  })

  it.each([
    [undefined, 'success', true],
    [undefined, 'failure', false],
    [undefined, 'skipped', false],
    ["needs.deploy.result == 'failure'", 'failure', false],
    ["always() && needs.deploy.result == 'failure'", 'failure', true],
    ['failure()', 'success', false],
    ['failure()', 'failure', true],
    ['failure()', 'skipped', false],
    ['!cancelled()', 'failure', true],
    ['${{ always() }}', 'skipped', true],
    ["vars.ROLE == 'pull'", 'success', false],
  ] as const)('decides %j after %s as %j', (condition, status, expected) => {
    expect(holds(condition, contexts, status)).toBe(expected)
  })
})
