// Runs one case in a process of its own and tells its parent: null when it held, else what went wrong.
import pg from 'pg'
import { openBank } from './bank.ts'
import { cases, type CaseName } from './cases.ts'
import { openDriver, type DriverName } from './driver.ts'

const [driverName, caseName, url] = process.argv.slice(2) as [DriverName, CaseName, string]
const { connections, run } = cases[caseName]
const admin = new pg.Client(url)
await admin.connect()
await openBank(admin)
const verdict = await run(await openDriver(driverName, { url, connections }), admin).then(
  () => null,
  (error: unknown) => (error as Error).message,
)
process.send?.(verdict, () => process.exit(0))
