export const newsEvents = ['start', 'success', 'failure', 'alert'] as const
export type NewsEvent = (typeof newsEvents)[number]

/** What a pipeline has to tell. */
export interface News {
  event: NewsEvent
  /** Where it deploys to; without it the checks are meant. */
  environment?: string
  /** Twelve digits of it. */
  commit: string
  /** The run, for people to open. */
  link?: string
  /** Names of what failed, where the engine says them. */
  failed: readonly string[]
  message?: string
}

export type Environment = Readonly<Record<string, string | undefined>>

export function isNewsEvent(text: string): text is NewsEvent {
  return newsEvents.some((event) => event === text)
}

/** What the engine says of itself: GitHub Actions, Jenkins or CodeBuild. `COMMIT` is for what deploys another commit. */
export function readNews(
  said: { event: NewsEvent; environment?: string | undefined; message?: string | undefined },
  environment: Environment,
): News {
  const commit =
    environment.COMMIT ||
    environment.GITHUB_SHA ||
    environment.CODEBUILD_RESOLVED_SOURCE_VERSION ||
    environment.GIT_COMMIT ||
    'an unknown commit'
  const link = linkOf(environment)
  return {
    event: said.event,
    commit: /^[0-9a-f]{40}$/.test(commit) ? commit.slice(0, 12) : commit,
    failed: said.event === 'failure' ? failedOf(environment) : [],
    ...(said.environment && { environment: said.environment }),
    ...(said.message && { message: said.message }),
    ...(link && { link }),
  }
}

/** One sentence, for people. */
export function composeMessage({ event, environment, commit, failed, message, link }: News): string {
  const what = environment ? `Deployment of ${commit} to ${environment}` : `Checks of ${commit}`
  const blame = failed.length > 0 ? ` in ${failed.join(', ')}` : ''
  const sentence = {
    start: `${what} began.`,
    success: environment ? `${commit} is on ${environment}.` : `${what} passed.`,
    failure: `${what} failed${blame}.`,
    alert: `Attention${environment ? `, ${environment}` : ''} (${commit}).`,
  }[event]
  return [sentence, message, link].filter(Boolean).join(' ')
}

function linkOf(environment: Environment): string | undefined {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, BUILD_URL, CODEBUILD_BUILD_URL } = environment
  if (GITHUB_SERVER_URL && GITHUB_REPOSITORY && GITHUB_RUN_ID)
    return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`
  return BUILD_URL || CODEBUILD_BUILD_URL
}

/**
 * GitHub's `toJSON(needs)`, in `RESULTS`: how each job ended. One that gives `toJSON(steps)` out as its output `steps` is
 * asked for the step as well. Elsewhere it is the step that `.ci/step` has noted.
 */
function failedOf({ RESULTS: results, FAILED_STEP: step }: Environment): string[] {
  if (!results) return step ? [step] : []
  const jobs = JSON.parse(results) as Record<string, { result: string; outputs?: { steps?: string } }>
  return Object.entries(jobs)
    .filter(([, { result }]) => hasFailed(result))
    .map(([job, { outputs }]) => [job, ...failedSteps(outputs?.steps)].join(' / '))
}

function failedSteps(steps: string | undefined): string[] {
  const all = JSON.parse(steps || '{}') as Record<string, { outcome?: string }>
  return Object.keys(all).filter((step) => hasFailed(all[step]?.outcome))
}

function hasFailed(result: string | undefined): boolean {
  return result === 'failure' || result === 'cancelled'
}
