/** What GitHub Actions, Jenkins and CodeBuild do, in this order: each of their files names these commands and no others. */
export type Engine = 'github' | 'jenkins' | 'codebuild'

/** AWS roles by what they are for; each lets in what its trust policy names and nobody else. */
export type Role =
  'push' | 'infrastructure-staging' | 'deploy-staging' | 'infrastructure-production' | 'deploy-production'

export interface Stage {
  /** Its id in every pipeline. */
  name: string
  command: string
  /** The role that it runs with; the checks need none. */
  role?: Role
}

/** Only these two may go further than staging; that the second one may is up to whoever runs it. */
export const PRODUCTION: readonly Engine[] = ['github', 'jenkins']

const PNPM = 'npx --yes pnpm@10.34.8'
const PLAN = '.data/plan.json'

/** What a machine needs first. GitHub's jobs are machines of their own: each installs, and asks for its part of the tools. */
export const install = `${PNPM} install --frozen-lockfile`
export const tools = ['redis-server', 'chromium', 'promtool', 'gitleaks', 'emulation', 'trivy', 'pulumi']
export const getTools = (names: readonly string[]) => `bash .ci/tools ${names.join(' ')}`

/** What fails leaves this name behind, where the engine does not tell it itself. */
export const named = (name: string, command: string) => `sh .ci/step ${name} ${command}`

/** Before a change is merged, and again before it is deployed: what is cheap first. */
export const checks: readonly Stage[] = [
  { name: 'lint', command: 'npm run lint' },
  { name: 'typecheck', command: 'npm run typecheck' },
  { name: 'test', command: 'npm test' },
  // Where nothing says what was before, it is the commit before: a merged change is one commit on main.
  { name: 'migrations', command: 'node tools/ci/src/migration-lint.ts --base "${BASE_COMMIT:-HEAD~1}"' },
  { name: 'scan', command: 'node tools/ci/src/scan.ts' },
  { name: 'build', command: 'npm run build' },
  { name: 'integration', command: 'node tools/ci/src/integration.ts' },
]

/** What is merged goes to staging: the images that the change reaches, each service that has become another one. */
export const staging: readonly Stage[] = [
  { name: 'changed', command: `node tools/ci/src/changed.ts --environment staging --out ${PLAN}`, role: 'push' },
  { name: 'images', command: `node tools/ci/src/images.ts --plan ${PLAN} --branch main`, role: 'push' },
  { name: 'scan-images', command: `node tools/ci/src/scan.ts --plan ${PLAN}`, role: 'push' },
  ...deployment('staging'),
  {
    name: 'green',
    command: `node tools/ci/src/record.ts --environment staging --plan ${PLAN} --green`,
    role: 'deploy-staging',
  },
]

/** What staging was found good with, and somebody has approved. */
export const production: readonly Stage[] = [
  {
    name: 'promote',
    command: `node tools/ci/src/promote.ts --out ${PLAN} --commit "\${COMMIT:-$GIT_COMMIT}" --staging-profile staging`,
    role: 'infrastructure-production',
  },
  ...deployment('production'),
  // What is applied in production is never edited again, and what runs there stays in the registry.
  { name: 'released', command: 'node tools/ci/src/migration-lint.ts --release' },
  { name: 'keep', command: `node tools/ci/src/images.ts --plan ${PLAN} --release`, role: 'push' },
]

function deployment(environment: 'staging' | 'production'): Stage[] {
  const to = `--environment ${environment} --plan ${PLAN}`
  const role = `deploy-${environment}` as const
  // Staging is left as it is, for people to look at: it is not green. Production goes back.
  const smoke = environment === 'staging' ? '"$STAGING_URL"' : `"$PRODUCTION_URL" --else-roll-back ${PLAN}`
  return [
    {
      name: 'infrastructure',
      command: `node tools/ci/src/infrastructure.ts ${to}`,
      role: `infrastructure-${environment}`,
    },
    // The same commit gives the same files: production's are held against those that staging had.
    { name: 'web', command: 'npm run exec -- nx build @lightpress/web' },
    { name: 'migrate', command: `node tools/ci/src/migrate-services.ts ${to}`, role },
    { name: 'deploy', command: `node tools/ci/src/deploy.ts ${to}`, role },
    { name: 'deploy-web', command: `node tools/ci/src/deploy-web.ts ${to}`, role },
    { name: 'record', command: `node tools/ci/src/record.ts ${to}`, role },
    { name: 'smoke', command: `node tools/ci/src/smoke.ts --url ${smoke}`, role },
  ]
}

/** Everything that an engine runs. */
export function stagesOf(engine: Engine): readonly Stage[] {
  return [...checks, ...staging, ...(PRODUCTION.includes(engine) ? production : [])]
}
