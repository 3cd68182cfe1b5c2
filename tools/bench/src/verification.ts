import { fakeNeighbour, migrate, migrateQueues, serve, type Module, type Server } from '@lightpress/kernel'
import { identityContract } from '@lightpress/protocol'
import { createTokenIssuer, testEnvironment } from '@lightpress/testing'
import { modules } from './pair/modules.ts'
import { median, round, type Result } from './result.ts'

const ROUNDS = 9
const TIMES = 2_000

/** What reading who is calling adds to a request: with a token seen for the first time, and with one seen before. */
export async function measureVerification({ databaseUrl }: { databaseUrl: string }): Promise<Result> {
  const { name, migrations } = modules.receiver as Module
  await migrate([{ module: name, url: databaseUrl, folder: migrations }])
  await migrateQueues(databaseUrl)
  const env: Record<string, string> = { ...testEnvironment(databaseUrl), ROLES: 'http' }
  const issuer = createTokenIssuer(env.PUBLIC_URL as string)
  const auth = fakeNeighbour(identityContract, {
    readVerificationKeys: () => ({ keys: issuer.keys }),
    readRevocations: () => ({ revocations: [], latest: 0, keySet: '' }),
  })
  const server = await serve([modules.receiver as Module], { env, neighbours: [auth] })
  try {
    const once = issuer.issue()
    const measureRound = async () => ({
      without: await microseconds(
        server,
        Array.from({ length: TIMES }, () => undefined),
      ),
      again: await microseconds(
        server,
        Array.from({ length: TIMES }, () => once),
      ),
      first: await microseconds(
        server,
        Array.from({ length: TIMES }, () => issuer.issue()),
      ),
    })
    await measureRound()
    const rounds: Round[] = []
    for (let at = 0; at < ROUNDS; at++) rounds.push(await measureRound())
    return toResult(rounds)
  } finally {
    await server.close()
  }
}

/** CPU of one request, handed to the server without a network in between. */
async function microseconds(server: Server, tokens: readonly (string | undefined)[]): Promise<number> {
  const before = process.cpuUsage()
  for (const token of tokens) {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const { payload } = await server.app.inject({ url: '/v1/receiver/who-asks', headers })
    if (payload.includes('null') !== (token === undefined)) throw new Error(`It took ${token} for ${payload}.`)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / tokens.length
}

interface Round {
  without: number
  again: number
  first: number
}

function toResult(rounds: readonly Round[]): Result {
  const column = (pick: (round: Round) => number) => round(median(rounds.map(pick)), 0)
  return {
    title: 'Verifying an access token',
    about: `What a token adds to a request that anybody may make and that does nothing else, injected without a network: Ed25519, the claims, revocation. ${ROUNDS} alternating rounds of ${TIMES} requests each; the medians of the rounds' differences.`,
    rows: {
      'seen for the first time': { 'CPU µs/request': column(({ first, without }) => first - without) },
      'seen before': { 'CPU µs/request': column(({ again, without }) => again - without) },
    },
  }
}
