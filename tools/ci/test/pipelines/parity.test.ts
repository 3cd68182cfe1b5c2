import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { appOf, catalogue } from 'infra'
import { describe, expect, it } from 'vitest'
import { workspace } from '../../src/discover.ts'
import {
  getTools,
  install,
  named,
  production,
  PRODUCTION,
  stagesOf,
  tools,
  type Engine,
} from '../../src/pipeline/stages.ts'
import type { Statement } from './groovy.ts'
import { commandsOf, readBuildspec } from './run-buildspec.ts'
import { readJenkinsfile, textOf } from './run-jenkinsfile.ts'
import { sourceOf } from './triggers.ts'
import { readWorkflow, stepsOf, workflowNames } from './workflow.ts'

/** All that a pipeline runs, as its file says it; without the name of each step, where that stands before it. */
const written: Record<Engine, () => string[]> = {
  github: () => ['ci', 'deploy-staging', 'deploy-production'].flatMap(commandsOfWorkflow),
  jenkins: () => whole.jenkins().map(withoutName),
  codebuild: () => whole.codebuild().map(withoutName),
}
const engines = Object.keys(written) as Engine[]
const whole = {
  jenkins: () => shOf(readJenkinsfile(sourceOf('Jenkinsfile'))),
  codebuild: () => commandsOf(readBuildspec(sourceOf('buildspec.yml'))),
}
const withoutName = (command: string) => command.replace(/^sh \.ci\/step \S+ /, '')

/** What only GitHub needs, whose jobs are machines of their own, and who keeps the repository. */
const glue = [
  `mkdir -p .data && printf '%s' "$PLAN" >.data/plan.json`,
  'npx --yes pnpm@10.34.8 --filter infra run preview --stack staging',
  'bash .ci/tag-released',
  'bash .ci/propose-released',
  ...['staging', 'production'].map((name) => `node tools/ci/src/rollback.ts --environment ${name} --mode in-flight`),
]
const isGlue = (command: string) =>
  glue.includes(command) || /^(plan=|gh pr comment |node tools\/ci\/src\/migration-report\.ts )/.test(command)
const isNews = (command: string) => command.startsWith('node tools/ci/src/notify.ts ')
const isPreparation = (command: string) => command === install || command.startsWith('bash .ci/tools ')

describe('the three pipelines', () => {
  it.each(engines)('are one list of commands in one order: %s', (engine) => {
    const commands = written[engine]().filter((command) => !isNews(command) && !isPreparation(command))
    const own = engine === 'github' ? commands.filter((command) => !isGlue(command)) : commands
    expect(own).toEqual(stagesOf(engine).map(({ command }) => command))
  })

  it.each(['jenkins', 'codebuild'] as const)('give each step its name, which is told when it fails: %s', (engine) => {
    const stages = stagesOf(engine).map(({ name, command }) => named(name, command))
    const steps = whole[engine]().filter((command) => !isNews(command))
    expect(steps.filter((command) => !isPreparation(withoutName(command)))).toEqual(stages)
    for (const command of steps.filter((one) => isPreparation(withoutName(one))))
      expect(command).toMatch(/^sh \.ci\/step (install npx|tools bash) /)
  })

  it.each(engines)('install what the lock file names, and get the same tools: %s', (engine) => {
    const preparations = written[engine]().filter(isPreparation)
    expect(preparations).toContain(install)
    const named = preparations
      .filter((command) => command !== install)
      .flatMap((command) => command.split(' ').slice(2))
    expect([...new Set(named)].sort()).toEqual(tools.toSorted())
    if (engine !== 'github') expect(preparations[1]).toBe(getTools(tools))
  })

  it.each(engines)('say when they begin: %s', (engine) => {
    expect(written[engine]().find(isNews)).toBe('node tools/ci/src/notify.ts start --environment staging')
  })

  it('go to production from GitHub, from Jenkins where somebody gave it the right, and never from CodeBuild', () => {
    const first = production[0]?.command
    expect(engines.filter((engine) => written[engine]().includes(first ?? ''))).toEqual(PRODUCTION)
    expect(sourceOf('buildspec.yml').replaceAll(/^#.*$/gm, '')).not.toMatch(/production/i)
  })

  it('have the versions that the workspace names', () => {
    const { packageManager } = JSON.parse(sourceOf('package.json')) as { packageManager: string }
    const [, node = ''] = /^nodeVersion: (\d+)/m.exec(sourceOf('pnpm-workspace.yaml')) ?? []
    const files = [...workflowNames.map((name) => `.github/workflows/${name}.yml`), 'Jenkinsfile', 'buildspec.yml']
    for (const file of files) {
      const source = sourceOf(file)
      for (const [found] of source.matchAll(/pnpm@[\d.]+/g)) expect(found, file).toBe(packageManager)
      for (const [, found] of source.matchAll(/(?:node-version: |nodejs: |'node-|container: node:)(\d+)/g))
        expect(found, file).toBe(node)
    }
  })
})

describe('a Dockerfile', () => {
  it('is there once for each service, and nowhere a second one', () => {
    const found = globSync('**/*Dockerfile*', { cwd: workspace, exclude: ['**/node_modules', '**/dist', '.data'] })
    const services = catalogue.map((service) => `apps/${appOf(service)}/Dockerfile`)
    const others = found.filter((file) => !services.includes(file))
    expect(found).toEqual(expect.arrayContaining(services))
    // The development stand-ins' own, and test-only images of PostgreSQL and Redis: neither is pushed.
    expect(
      others.filter((file) => !/^tools\/(dev\/Dockerfile|ci\/containers\/[\w-]+\.Dockerfile)$/.test(file)),
    ).toEqual([])
  })

  it('is named by no pipeline: all three build by images.ts, which takes the one of the service', () => {
    for (const engine of engines) {
      const commands = written[engine]()
      expect(commands.filter((command) => /dockerfile|docker (buildx )?build/i.test(command))).toEqual([])
      expect(commands).toContain('node tools/ci/src/images.ts --plan .data/plan.json --branch main')
    }
    const builder = readFileSync(join(workspace, 'tools/ci/src/deploy/images.ts'), 'utf8')
    expect(builder).toContain("join(workspace, 'apps', `${module}-service`, 'Dockerfile')")
  })
})

function commandsOfWorkflow(name: string): string[] {
  return stepsOf(readWorkflow(name)).flatMap((step) => ('run' in step ? [step.run.trim()] : []))
}

function shOf({ name, args, named, block = [] }: Statement): string[] {
  if (name === 'sh') return [textOf(named.script ?? args[0])]
  return name === 'post' ? [] : block.flatMap(shOf)
}
