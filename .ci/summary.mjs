// Reads Vitest's JSON report and the names of the steps that failed; prints the slowest test files and the closing
// line, and exits with what it says. Runs on the machine's own Node, because the install may be what failed.
import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'

const [file = '', ...failedSteps] = process.argv.slice(2)
const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
const { testResults = [], numPassedTests = 0, numFailedTests = 0, numPendingTests = 0 } = text ? JSON.parse(text) : {}

const files = testResults.map(({ name, status, startTime, endTime, assertionResults }) => ({
  name: relative(process.cwd(), name),
  seconds: (endTime - startTime) / 1000,
  // A file that could not be loaded has no tests that failed.
  unloaded: status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
}))
const slowest = files.toSorted((a, b) => b.seconds - a.seconds).slice(0, 10)
const unloaded = files.filter((each) => each.unloaded)

if (slowest.length > 0) console.log('\nSlowest test files:')
for (const { name, seconds } of slowest) console.log(`${seconds.toFixed(1).padStart(7)} s  ${name}`)
for (const { name } of unloaded) console.log(`Could not run: ${name}`)
if (numPendingTests > 0) console.log(`${numPendingTests} tests were skipped; in this run none may be.`)
if (failedSteps.length > 0) console.log(`Failed: ${failedSteps.join(', ')}`)

const inTests = numFailedTests + unloaded.length + numPendingTests
const otherSteps = failedSteps.filter((step) => step !== 'tests').length
// Vitest also fails for what no test is to blame for: an error after the last one, or no test at all.
const elsewhere = inTests === 0 && (failedSteps.includes('tests') || numPassedTests === 0) ? 1 : 0
const failed = inTests + otherSteps + elsewhere
console.log(`${numPassedTests} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
