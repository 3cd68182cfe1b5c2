// npm run bench [-- <name>]: measures all of it, or one (`benchmarks` below), and prints it. All of it is also written to
// RESULTS.md.
import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { startPostgres } from '@lightpress/local'
import { measureConvergence } from './billing/convergence.ts'
import { measureEntitlements } from './billing/entitlements.ts'
import { measureWebhooks } from './billing/webhooks.ts'
import { measureCalls } from './calls.ts'
import { measureEvents } from './events.ts'
import { measureMe } from './me/measure.ts'
import { measureInbox } from './notifications/inbox.ts'
import { measureMails } from './notifications/mails.ts'
import { measureWebhooksOut } from './notifications/webhooks-out.ts'
import { measureObservability } from './observability.ts'
import type { Result } from './result.ts'
import { measureRevocation } from './revocation.ts'
import { measureSignIn } from './sign-in/measure.ts'
import { measureStart } from './start.ts'
import { measureStripe } from './stripe/measure.ts'
import { measureVerification } from './verification.ts'

const benchmarks: Record<string, (around: { databaseUrl: string }) => Promise<Result>> = {
  me: measureMe,
  'sign-in': measureSignIn,
  verification: measureVerification,
  revocation: measureRevocation,
  events: measureEvents,
  calls: measureCalls,
  observability: measureObservability,
  start: measureStart,
  stripe: measureStripe,
  webhooks: measureWebhooks,
  convergence: measureConvergence,
  entitlements: measureEntitlements,
  mails: measureMails,
  inbox: measureInbox,
  'webhooks-out': measureWebhooksOut,
}
const [only] = process.argv.slice(2)
if (only !== undefined && !benchmarks[only]) {
  console.error(`Unknown benchmark "${only}". Known: ${Object.keys(benchmarks).join(', ')}.`)
  process.exit(2)
}

// Above one a core, others had work too, and latencies are theirs as much as ours.
const [load = 0] = loadavg()
const results: Result[] = []
for (const [name, measure] of Object.entries(benchmarks)) {
  if (only !== undefined && name !== only) continue
  const postgres = await startPostgres()
  try {
    const result = await measure({ databaseUrl: postgres.url })
    console.log(`\n${result.title}\n${result.about}`)
    console.table(result.rows)
    results.push(result)
  } finally {
    await postgres.stop()
  }
}
if (only === undefined) writeFileSync(new URL('../RESULTS.md', import.meta.url), report(results))

function report(all: readonly Result[]): string {
  const sections = all.map(({ title, about, rows }) => `## ${title}\n\n${about}\n\n${tableOf(rows)}\n`)
  return [
    '# What it costs\n',
    `Written by \`npm run bench\`. Medians of one run on a machine with ${cpus().length} cores, Node ${process.versions.node.split('.')[0]}, PostgreSQL 16; ratios hold elsewhere, absolute figures do not. Load of the machine before the run: ${load.toFixed(1)}.\n`,
    ...sections,
  ].join('\n')
}

function tableOf(rows: Result['rows']): string {
  const columns = Object.keys(Object.values(rows)[0] ?? {})
  const line = (cells: readonly (string | number | undefined)[]) => `| ${cells.join(' | ')} |`
  return [
    line(['', ...columns]),
    line(['---', ...columns.map(() => '---:')]),
    ...Object.entries(rows).map(([name, row]) => line([name, ...columns.map((column) => row[column])])),
  ].join('\n')
}
