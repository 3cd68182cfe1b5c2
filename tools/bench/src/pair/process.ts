// A process with one module of the pair or with both (its arguments), which does what its parent asks of it.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterCommit, fakeNeighbour, publish, serve } from '@lightpress/kernel'
import { identityContract } from '@lightpress/protocol'
import { sender, sent } from './contracts.ts'
import { effects, modules, now } from './modules.ts'

export type Command =
  { do: 'publish'; count: number; perSecond: number } | { do: 'effects'; count: number } | { do: 'call'; times: number }

const nobody = fakeNeighbour(identityContract, {
  readVerificationKeys: () => ({ keys: [] }),
  readRevocations: () => ({ revocations: [], latest: 0, keySet: '' }),
})
const server = await serve(
  process.argv.slice(2).map((name) => modules[name] as (typeof modules)[string]),
  { neighbours: [nobody] },
)

process.on('message', (command: Command) => void obey(command).then((answer) => process.send?.(answer)))
process.once('SIGTERM', () => void server.close().then(() => process.exit()))
process.send?.(server.internalPort)

function obey(command: Command): Promise<unknown> {
  switch (command.do) {
    case 'publish':
      return publishSteadily(command)
    case 'effects':
      return waitForEffects(command.count)
    case 'call':
      return server.invoke(
        { from: 'bench', to: sender, operation: 'callReceiver', input: { times: command.times } },
        server.contextFor('sender'),
      )
  }
}

/** When each event was committed: `[id, at]`. At the given pace, however long one commit takes. */
async function publishSteadily({ count, perSecond }: { count: number; perSecond: number }) {
  const start = now()
  const commits: Promise<[string, number]>[] = []
  while (commits.length < count) {
    const due = Math.min(count, Math.floor(((now() - start) * perSecond) / 1_000))
    while (commits.length < due) commits.push(publishOne())
    await sleep(1)
  }
  return Promise.all(commits)
}

async function publishOne(): Promise<[string, number]> {
  let at = 0
  const id = await server.contextFor('sender').withTx((tx) => {
    afterCommit(tx, 'the time', () => (at = now()))
    return publish(tx, sent, { note: 'something happened' })
  })
  return [id, at]
}

async function waitForEffects(count: number): Promise<[string, number][]> {
  while (effects.size < count) await sleep(20)
  const all = [...effects]
  effects.clear()
  return all
}
