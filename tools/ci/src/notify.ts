import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { composeMessage, isNewsEvent, newsEvents, readNews } from './notify/message.ts'
import { tellMonday } from './notify/monday.ts'
import { tellSlack } from './notify/slack.ts'

// `node tools/ci/src/notify.ts start|success|failure|alert [--environment staging|production] [--message "…"]`
// Nothing but Node, because the install may be what failed. Whoever cannot be told changes nothing of the pipeline's
// result: it is shown, and the exit code stays 0.
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { environment: { type: 'string' }, message: { type: 'string' } },
})
const [event = '', ...others] = positionals
if (!isNewsEvent(event) || others.length > 0) {
  console.error(`Say what happened: one of ${newsEvents.join(', ')}; "${positionals.join(' ')}" is none of them.`)
  process.exit(2)
}

const news = readNews({ event, ...values }, { GIT_COMMIT: checkedOut(), FAILED_STEP: failedStep(), ...process.env })
console.log(composeMessage(news))
for (const [name, tell] of Object.entries({ Slack: tellSlack, Monday: tellMonday })) {
  try {
    console.log(`${name}: ${await tell(news, process.env)}`)
  } catch (error) {
    const why = `${name} was not told: ${describe(error)}`
    console.error(process.env.GITHUB_ACTIONS ? `::warning title=Notification::${why}` : why)
  }
}

/** Not every engine says which commit it works on. */
function checkedOut(): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return ''
  }
}

/** As `.ci/step` has left it. */
function failedStep(): string {
  return existsSync('.data/failed-step') ? readFileSync('.data/failed-step', 'utf8') : ''
}

/** fetch hides in its cause what went wrong. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
