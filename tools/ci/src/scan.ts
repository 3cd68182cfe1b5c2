import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readDeployed } from './deploy/deployed.ts'
import { Environment } from './deploy/input.ts'
import { readPlan } from './deploy/plan.ts'
import { readTarget, serviceOf } from './deploy/target.ts'
import { workspace } from './discover.ts'
import { judgeFindings, parseAllowed } from './scan/allowed.ts'
import { scanDependencies } from './scan/dependencies.ts'
import { scanImage } from './scan/images.ts'
import { scanSecrets } from './scan/secrets.ts'
import { describeFinding, ToolMissing, type Finding } from './scan/tool.ts'

// `node tools/ci/src/scan.ts [dependencies] [secrets] [--image <reference>]… [--plan .data/plan.json] [--deployed staging]`: known
// holes in what we depend on, secrets in the history, known holes in images, a plan's or those that run among them. Without
// a word it is the first two.
// CRITICAL and HIGH fail, except what tools/ci/allowed-findings.json names, until the day that it names. A tool that is
// missing fails as well; for a developer's machine `--available` runs what there is, and says what was not run.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    available: { type: 'boolean', default: false },
    image: { type: 'string', multiple: true, default: [] },
    plan: { type: 'string' },
    deployed: { type: 'string' },
    allowed: { type: 'string', default: join(workspace, 'tools/ci/allowed-findings.json') },
  },
})
const scans = new Map([
  ['dependencies', scanDependencies],
  ['secrets', scanSecrets],
])
const images = [
  ...values.image,
  ...(values.plan ? await imagesOf(values.plan) : []),
  ...(values.deployed ? await imagesThatRun(Environment.parse(values.deployed)) : []),
]
const asked = values.image.length > 0 || values.plan || values.deployed
const names = positionals.length > 0 || asked ? positionals : [...scans.keys()]
const unknown = names.filter((name) => !scans.has(name))
if (unknown.length > 0) {
  console.error(
    `Nothing scans "${unknown.join(', ')}"; there are ${[...scans.keys()].join(', ')} and --image <reference>.`,
  )
  process.exit(2)
}

const today = new Date().toISOString().slice(0, 10)
const allowed = parseAllowed(JSON.parse(readFileSync(values.allowed, 'utf8')), today)
const wanted = [
  ...[...scans].filter(([name]) => names.includes(name)).map(([name, scan]) => ({ name, scan })),
  ...images.map((image) => ({ name: `image ${image}`, scan: () => scanImage(image) })),
]
const findings: Finding[] = []
const problems: string[] = [...allowed.problems]
let run = 0
for (const { name, scan } of wanted) {
  try {
    const found = await scan()
    console.log(`${name}: ${found.length} found.`)
    findings.push(...found)
    run += 1
  } catch (error) {
    if (error instanceof ToolMissing && values.available) console.log(`NOT SCANNED: ${name}, because ${error.message}`)
    else problems.push(`${name} could not be scanned: ${error instanceof Error ? error.message : String(error)}`)
  }
}
// A plan may well bring no image.
if (run === 0 && !(values.plan && wanted.length === 0)) problems.push('Nothing at all was scanned.')

const { blocking, tolerated, unused } = judgeFindings(findings, allowed.entries)
for (const { finding, entry } of tolerated)
  console.log(`Allowed until ${entry.expires}: ${describeFinding(finding)}. ${entry.reason}`)
for (const { id } of unused)
  console.log(`${id} is allowed, and nothing found it in this run: remove it when it is gone.`)
problems.push(...blocking.map(describeFinding))
for (const problem of problems) console.error(problem)
console.log(problems.length === 0 ? 'The scan found nothing that may not be.' : `${problems.length} reasons to stop.`)
process.exitCode = problems.length === 0 ? 0 : 1

/** By digest: what is scanned is what will run. */
async function imagesOf(file: string): Promise<string[]> {
  const plan = readPlan(file)
  const target = await readTarget(plan.environment)
  return Object.entries(plan.images).map(([module, digest]) => `${serviceOf(target, module).repository}@${digest}`)
}

async function imagesThatRun(environment: Environment): Promise<string[]> {
  const [target, deployed] = [await readTarget(environment), await readDeployed(environment)]
  const running = Object.entries(deployed?.services ?? {})
  return running.map(([module, { digest }]) => `${serviceOf(target, module).repository}@${digest}`)
}
