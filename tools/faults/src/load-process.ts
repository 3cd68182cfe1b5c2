// A process of its own under load, because what a driver does to it may end it. Tells its parent what happened.
import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError, isAppError } from '@lightpress/protocol'
import { transfer } from './bank.ts'
import { openDriver, type Driver, type Query } from './driver.ts'
import { HANG, type LoadOptions, type Progress } from './load.ts'
import { ownerOf, unserialisable } from './unserialisable.ts'

const WORKERS = 16
const CONNECTIONS = 6
const REPORT_EVERY = 100

const { driver: name, url, milliseconds, faulty, survive } = JSON.parse(process.argv[2] ?? '') as LoadOptions
if (survive) process.on('uncaughtException', (error) => progress.survived.push(String(error)))
let progress = nothingYet()
const driver = await openDriver(name, { url, connections: CONNECTIONS })
const until = Date.now() + milliseconds
report()
const timer = setInterval(report, REPORT_EVERY)
await Promise.all(Array.from({ length: WORKERS }, () => work(driver)))
clearInterval(timer)
if (await hangs(driver.close())) progress.hangs++
process.send?.(progress, () => process.exit(0))

/** One caller: does one thing after the other, and knows what may come of each. */
async function work({ query, transaction }: Driver): Promise<void> {
  while (Date.now() < until) {
    const id = randomUUID()
    const dice = randomInt(100)
    const own = async (ask: Query) => {
      const [row] = await ask<{ id: string }>`select ${id}::text as id`
      if (row?.id !== id) progress.wrong.push(`a caller asked for its own row and got ${JSON.stringify(row)}`)
    }
    if (dice < 4 && faulty) await attempt(id, () => storeUnserialisable(id, query))
    else if (dice < 6 && faulty) await attempt(id, () => transaction((tx) => storeUnserialisable(id, tx)))
    else if (dice < 50) await attempt(id, () => own(query))
    else {
      const refuse = dice >= 90
      await attempt(id, async () => {
        await transaction(async (tx) => {
          await transfer(tx, id)
          await own(tx)
          if (refuse) throw refused()
        })
        if (refuse) progress.wrong.push('a transaction whose work threw was said to be committed')
        else progress.committed.push(id)
      })
    }
  }
}

/** Half of them can be serialised, so that the driver has seen the statement before, as in a running product. */
async function storeUnserialisable(id: string, query: Query): Promise<void> {
  const value = randomInt(2) ? { id } : unserialisable(id)
  await query`select ${value}::jsonb as value`
}

/** Errors are fine, they tell the caller; silence and other people's errors are not. */
async function attempt(id: string, act: () => Promise<void>): Promise<void> {
  const done = act().then(
    () => void progress.answered++,
    (error: unknown) => {
      if (isAppError(error)) progress.refused.push(id)
      else progress.failed++
      const owner = ownerOf(error)
      if (owner !== null && owner !== id) progress.wrong.push("a caller got the error of another caller's parameter")
    },
  )
  if (await hangs(done)) progress.hangs++
}

async function hangs(act: Promise<void>): Promise<boolean> {
  const enough = new AbortController()
  const late = sleep(HANG, true, { signal: enough.signal }).catch(() => false)
  const hung = await Promise.race([act.then(() => false), late])
  enough.abort()
  return hung
}

/** A refusal as modules make them: the connection is sound and is kept. */
function refused(): AppError {
  return new AppError('conflict', 'faults.refused', 'Changed its mind.')
}

function report(): void {
  process.send?.(progress)
  progress = nothingYet()
}

function nothingYet(): Progress {
  return { committed: [], refused: [], answered: 0, failed: 0, hangs: 0, wrong: [], survived: [] }
}
