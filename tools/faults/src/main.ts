// npm run faults [-- seconds]: puts the driver that the product uses and the one that it does not use through the
// same faults. Fails when ours does not stand them; the other is there to explain the decision.
import { startPostgres } from '@lightpress/local'
import { cases, type CaseName } from './cases.ts'
import type { DriverName } from './driver.ts'
import { runLoad, type LoadResult, type Variant } from './load.ts'
import { runCase } from './run-case.ts'

const OURS: DriverName = 'pg'
const drivers: Record<DriverName, string> = { pg: 'pg, withTx', postgres: 'postgres.js' }
const variants: (Variant & { title: string })[] = [
  { title: 'pg, withTx', driver: 'pg', faulty: true },
  { title: 'postgres.js', driver: 'postgres', faulty: true },
  { title: 'postgres.js, every parameter sound', driver: 'postgres', faulty: false },
  { title: 'postgres.js, its crashes survived', driver: 'postgres', faulty: true, survive: true },
]

const seconds = Number(process.argv[2] ?? 60)
if (!(seconds > 0)) {
  console.error('Usage: npm run faults [-- <seconds under load for each driver>]')
  process.exit(2)
}

let failed = false
const postgres = await startPostgres()
try {
  await showCases()
  await showLoad()
} finally {
  await postgres.stop()
}
process.exitCode = failed ? 1 : 0

async function showCases(): Promise<void> {
  for (const [name, { title }] of Object.entries(cases)) {
    console.log(`\n${title}`)
    for (const driver of Object.keys(drivers) as DriverName[]) {
      const broken = await runCase(driver, name as CaseName, postgres.url)
      if (driver === OURS && broken !== null) failed = true
      console.log(`  ${drivers[driver].padEnd(12)} ${broken === null ? 'holds' : `FAILS: ${broken}`}`)
    }
  }
}

async function showLoad(): Promise<void> {
  console.log(`\n16 workers for ${seconds} s, a backend ended every 50 to 300 ms`)
  const rows: Record<string, object> = {}
  for (const { title, ...variant } of variants) {
    const result = await runLoad(variant, { url: postgres.url, seconds })
    if (variant.driver === OURS && !held(result)) failed = true
    const { kills, crashes, hangs, wrong, committed, answered } = result
    rows[title] = {
      kills,
      crashes: crashes.length,
      'hangs > 5 s': hangs,
      'wrong results': wrong.length,
      'transactions done': committed,
      'calls answered': answered,
    }
    for (const what of summary([...crashes.map((error) => `crash: ${error}`), ...wrong]))
      console.log(`  ${title}: ${what}`)
  }
  console.table(rows)
}

function held({ kills, crashes, hangs, wrong, committed }: LoadResult): boolean {
  return crashes.length + hangs + wrong.length === 0 && kills > 0 && committed > 0
}

/** The same thing said once, with how often. */
function summary(what: readonly string[]): string[] {
  const alike = Map.groupBy(what, (sentence) => sentence.replace(/\{.*\}/, 'another row').replace(/127\.\S+/, ''))
  return [...alike].map(([sentence, all]) => `${all.length} × ${sentence}`)
}
