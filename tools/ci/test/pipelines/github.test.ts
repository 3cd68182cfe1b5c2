import { catalogue } from 'infra'
import { describe, expect, it } from 'vitest'
import { problemsOf } from './schema.ts'
import { commit, playWorkflow, pullRequest, sourceOf } from './triggers.ts'
import { readWorkflow, stepsOf, workflowNames, workflowText, type OwnJob } from './workflow.ts'

const own = workflowNames.flatMap((name) =>
  Object.entries(readWorkflow(name).jobs).flatMap(([id, job]) =>
    'steps' in job ? [{ where: `${name} / ${id}`, name, id, job }] : [],
  ),
)

describe('a workflow', () => {
  it.each(workflowNames)('%s is one by GitHub’s own schema', async (name) => {
    expect(await problemsOf(workflowText(name))).toEqual([])
  })

  it('with a mistake is found out', async () => {
    const text = workflowText('ci')
    for (const [right, wrong] of [
      ['runs-on:', 'run-on:'],
      ['needs: [check, test]', 'needs: [check, tests]'],
      ['timeout-minutes: 20', 'timeout-minutes: soon'],
      ['github.event_name ==', 'github.event_name =='.replace('github', 'githup')],
    ] as const) {
      expect(text).toContain(right)
      expect(await problemsOf(text.replace(right, wrong)), wrong).not.toEqual([])
    }
  })

  it.each(workflowNames)('%s has no right by itself, and each job what it needs', (name) => {
    expect(readWorkflow(name).permissions).toEqual({})
    for (const { where, job } of own.filter((each) => each.name === name)) {
      const uses = job.steps.flatMap((step) => ('uses' in step ? [step.uses.split('@')[0]] : []))
      const { contents, 'id-token': token, ...others } = job.permissions ?? {}
      const writes = where === 'deploy-production / released'
      const right = uses.includes('actions/checkout') ? (writes ? 'write' : 'read') : undefined
      expect(contents, `${where}: contents`).toBe(right)
      expect(token === 'write', `${where}: id-token`).toBe(uses.includes('aws-actions/configure-aws-credentials'))
      const more =
        {
          'ci / migration-comment': ['pull-requests'],
          'deploy-production / released': ['pull-requests'],
          'nightly / code': ['security-events'],
        }[where] ?? []
      expect(Object.keys(others), where).toEqual(more)
    }
  })

  it.each(workflowNames)('%s uses few actions, each by the commit that was looked at', (name) => {
    const uses = [...workflowText(name).matchAll(/uses: (\S+)( # v[\d.]+)?$/gm)].filter(
      ([, what = '']) => !what.startsWith('./'),
    )
    expect(uses.length).toBeGreaterThan(0)
    for (const [line, what = '', version] of uses) {
      expect(what, line).toMatch(/^(actions|aws-actions|github)\/[\w/-]+@[0-9a-f]{40}$/)
      expect(version, line).toBeDefined()
    }
  })

  it('never puts what others have written into a command: that goes by the environment', () => {
    for (const name of workflowNames)
      for (const step of stepsOf(readWorkflow(name))) if ('run' in step) expect(step.run).not.toContain('${{')
  })

  it('runs nothing that a pull request brings where it may write to one', () => {
    const { job } = own.find(({ where }) => where === 'ci / migration-comment') as { job: OwnJob }
    expect(job.steps.map((step) => ('run' in step ? step.run.split(' ')[0] : step.uses))).toEqual(['gh'])
    for (const name of workflowNames) expect(Object.keys(readWorkflow(name).on)).not.toContain('pull_request_target')
  })
})

describe('one after the other:', () => {
  it('an environment is deployed to by one run at a time, and none is cut off', () => {
    for (const name of ['deploy-staging', 'deploy-production'] as const)
      expect(readWorkflow(name).concurrency).toEqual({ group: name, 'cancel-in-progress': false })
  })

  it('a rollback waits for no deployment, for it may be there to end one', () => {
    const { group = '', 'cancel-in-progress': cancel } = readWorkflow('rollback').concurrency ?? {}
    expect([group.startsWith('rollback-'), cancel]).toEqual([true, false])
  })
})

describe('an environment', () => {
  it('is what each job that takes its role runs in, and people approve those of production', () => {
    const roles = own.flatMap(({ where, job }) =>
      job.steps.flatMap((step) =>
        'uses' in step && step.with['role-to-assume'] ? [[where, step.with['role-to-assume'], job.environment]] : [],
      ),
    )
    expect(roles).toEqual([
      ['ci / preview', '${{ vars.PLAN_ROLE }}', undefined],
      ['deploy-staging / images', '${{ vars.PUSH_ROLE }}', undefined],
      ['deploy-staging / infrastructure', '${{ vars.INFRASTRUCTURE_ROLE }}', 'staging-infrastructure'],
      ['deploy-staging / deploy', '${{ vars.DEPLOY_ROLE }}', 'staging'],
      ['deploy-production / infrastructure', '${{ vars.STAGING_GREEN_ROLE }}', 'production-infrastructure'],
      ['deploy-production / infrastructure', '${{ vars.INFRASTRUCTURE_ROLE }}', 'production-infrastructure'],
      ['deploy-production / deploy', '${{ vars.DEPLOY_ROLE }}', 'production'],
      ['deploy-production / released', '${{ vars.PUSH_ROLE }}', undefined],
      ['rollback / rollback', '${{ vars.DEPLOY_ROLE }}', '${{ inputs.environment }}'],
      ['nightly / images', '${{ vars.PUSH_ROLE }}', undefined],
    ])
  })
})

describe('a job', () => {
  it('ends before its credentials do, so that what fails can still be taken back', () => {
    for (const { where, job } of own)
      for (const step of job.steps) {
        if (!('uses' in step) || !step.uses.startsWith('aws-actions/') || step.with['aws-profile']) continue
        const seconds = Number(step.with['role-duration-seconds'] ?? 3600)
        expect(job['timeout-minutes'] * 60, where).toBeLessThanOrEqual(seconds)
      }
  })

  it('lasts long enough to bring every service, as far as GitHub lets it: another run brings the rest', () => {
    const { job } = own.find(({ where }) => where === 'deploy-production / deploy')!
    expect(job['timeout-minutes']).toBeGreaterThanOrEqual(Math.min(35 + 50 * catalogue.length, 355))
  })

  it('that may write to the repository has the right on no disk, and only the steps that push have it', () => {
    const writing = own.filter(({ job }) => job.permissions?.contents === 'write')
    expect(writing.map(({ where }) => where)).toEqual(['deploy-production / released'])
    for (const { job } of writing) {
      const [checkout] = job.steps.filter((step) => 'uses' in step && step.uses.startsWith('actions/checkout@'))
      expect(checkout).toMatchObject({ with: { 'persist-credentials': 'false' } })
      const having = job.steps.filter((step) => JSON.stringify(step).includes('github.token'))
      expect(having.map(({ id }) => id)).toEqual(['tag', 'propose'])
      expect(JSON.stringify(job.env)).not.toContain('token')
    }
  })

  it.each(['staging', 'production'])(
    'that is cancelled while it deploys to %s leaves nothing going on unwatched',
    (environment) => {
      const { job } = own.find(({ where }) => where === `deploy-${environment} / deploy`)!
      expect(job.steps.at(-1)).toMatchObject({
        if: "cancelled() && steps.deploy.outcome == 'cancelled'",
        run: `node tools/ci/src/rollback.ts --environment ${environment} --mode in-flight`,
      })
    },
  )
})

describe('a pull request', () => {
  const answers = { 'migration-report.ts': 'echo "## Migrations"' }

  it('is checked, its infrastructure previewed, and its migrations shown beneath it', async () => {
    const { result, commands } = await playWorkflow('ci', { github: pullRequest, answers })
    expect(result).toBe('success')
    expect(commands).toContain('npx --yes pnpm@10.34.8 --filter infra run preview --stack staging')
    expect(commands.find((command) => command.startsWith('gh '))?.trimEnd()).toBe(
      'gh pr comment 7 --repo lightpress/lightpress --edit-last --create-if-none --body ## Migrations',
    )
  })

  it('is shown its migrations also when something is wrong with them', async () => {
    const failing = `node tools/ci/src/migration-lint.ts --base ${'b'.repeat(40)}`
    const { result, commands } = await playWorkflow('ci', { github: pullRequest, answers, failing })
    expect(result).toBe('failure')
    expect(commands.filter((command) => command.startsWith('gh pr comment'))).toHaveLength(1)
  })

  it('from a fork gets neither a token nor a comment, and is checked all the same', async () => {
    const event = { pull_request: { ...pullRequest.event.pull_request, head: { repo: { full_name: 'else/where' } } } }
    const { result, jobs, calls } = await playWorkflow('ci', { github: { ...pullRequest, event }, answers })
    expect(result).toBe('success')
    expect([jobs.preview?.result, jobs['migration-comment']?.result]).toEqual(['skipped', 'skipped'])
    expect(calls.filter(({ role }) => role !== '')).toEqual([])
  })
})

describe('a deployment to staging that somebody starts', () => {
  const said = (inputs: Record<string, string>) =>
    playWorkflow('deploy-staging', {
      github: { event_name: 'workflow_dispatch', event: {} },
      inputs,
      answers: { 'changed.ts': 'echo "all of it: [$DEPLOY_ALL]"' },
    })

  it('may be of everything, and is of what changed else', async () => {
    expect(readWorkflow('deploy-staging').on).toHaveProperty('workflow_dispatch.inputs.all.default', false)
    const all = await said({ all: 'true' })
    expect(all.log).toContain('all of it: [true]')
    expect(all.result).toBe('success')
    expect((await said({ all: 'false' })).log).toContain('all of it: [false]')
    expect((await playWorkflow('deploy-staging')).result).toBe('success')
  })
})

describe('a rollback', () => {
  const inputs = { environment: 'production', mode: 'bake', service: 'users' }
  const command = 'node tools/ci/src/rollback.ts --environment production --mode bake --service users'

  it('is told before and after', async () => {
    const { result, commands } = await playWorkflow('rollback', { inputs })
    expect(result).toBe('success')
    expect(commands.filter((each) => /notify|rollback/.test(each))).toEqual([
      'node tools/ci/src/notify.ts alert --environment production --message A rollback (bake) of users begins.',
      command,
      'node tools/ci/src/notify.ts alert --environment production --message The rollback (bake) of users is done.',
    ])
  })

  it('that fails is told as that', async () => {
    const { result, commands } = await playWorkflow('rollback', {
      inputs: { ...inputs, service: '' },
      failing: command.replace('users', ''),
    })
    expect(result).toBe('failure')
    expect(commands.at(-1)).toBe(
      'node tools/ci/src/notify.ts alert --environment production --message The rollback (bake) of everything FAILED. Somebody must look now.',
    )
  })
})

describe('the night', () => {
  const answers = { 'rev-parse --verify --quiet refs/tags/production': `echo ${commit}` }

  it('runs the long versions', async () => {
    const { result, commands } = await playWorkflow('nightly', { answers })
    expect(result).toBe('success')
    for (const command of [
      'bash .ci/nightly',
      'node tools/ci/src/prove-containers.ts',
      `node tools/ci/src/skew.ts --from ${commit}`,
      'node tools/ci/src/scan.ts',
      'node tools/ci/src/scan.ts --deployed staging',
    ])
      expect(commands).toContain(command)
    expect(commands.filter((each) => each.includes('notify.ts'))).toEqual([])
  })

  it('scans no images where there is no account to run them', async () => {
    const { result, commands } = await playWorkflow('nightly', { answers, variables: { PUSH_ROLE: '' } })
    expect(result).toBe('success')
    expect(commands.some((command) => command.includes('--deployed'))).toBe(false)
  })

  it('rehearses the deployment over what was merged before, where production has nothing yet', async () => {
    const before = 'd'.repeat(40)
    const none = { 'rev-parse --verify': 'exit 1', 'rev-parse HEAD~1': `echo ${before}` }
    const { commands } = await playWorkflow('nightly', { answers: none })
    expect(commands).toContain(`node tools/ci/src/skew.ts --from ${before}`)
  })

  it.each(['bash .ci/nightly', 'node tools/ci/src/prove-containers.ts', `node tools/ci/src/skew.ts --from ${commit}`])(
    'tells when "%s" fails, and runs the others',
    async (failing) => {
      const { result, commands } = await playWorkflow('nightly', { failing, answers })
      expect(result).toBe('failure')
      expect(commands).toContain('node tools/ci/src/scan.ts')
      expect(commands.at(-1)).toBe('node tools/ci/src/notify.ts failure --message That was the nightly run.')
    },
  )
})

describe('docs/operations/pipelines.md', () => {
  const page = sourceOf('docs/operations/pipelines.md')

  it('names every variable and secret that must be set, and every credential and agent of Jenkins', () => {
    const workflows = workflowNames.map(workflowText).join('\n')
    const named = [
      ...[...workflows.matchAll(/\b(?:vars|secrets)\.(\w+)/g)],
      ...[...sourceOf('Jenkinsfile').matchAll(/(?:credentialsId: |label |submitter |nodejs )'([\w-]+)'/g)],
    ].map(([, name = '']) => name)
    for (const name of new Set(named)) expect(page, name).toContain(`\`${name}\``)
  })

  it('names to CodeBuild all that news need, and to Jenkins what is no credential', () => {
    const about = (engine: string) => page.split(`## What ${engine} must`)[1]?.split('\n## ')[0]
    for (const name of ['SLACK_WEBHOOK_URL', 'MONDAY_TOKEN', 'MONDAY_BOARD'])
      expect(about('CodeBuild'), name).toContain(`\`${name}\``)
    expect(about('Jenkins')).toContain('`MONDAY_BOARD`')
  })
})
