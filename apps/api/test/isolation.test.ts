import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readContracts, readDeployments, readModules } from '@lightpress/ci'
import type { Module } from '@lightpress/kernel'
import { pathParameters, type Contract, type Operation } from '@lightpress/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { furnish } from './support/belongings.ts'
import { isReachable, operationsOf } from './support/operations.ts'
import { createAttackers, createInsiders, nobody } from './support/principals.ts'
import { findUndeclared, findWithoutAccess, serveWatched } from './support/routes.ts'
import { settle } from './support/rows.ts'
import { walkAsInsider } from './support/walk-as-insider.ts'
import { walkInside } from './support/walk-inside.ts'
import { walkOutside } from './support/walk.ts'
import { createWorld, enlist, joinWorld, makeOperator, type Member, type World } from './support/world.ts'

const contracts = (await readContracts()).map(({ contract }) => contract)
const modules = await readModules()
const operations = operationsOf(contracts)
const schemas = contracts.map(({ name }) => name)

/** Where the processes that this file serves itself keep files. */
const storage = await mkdtemp(join(tmpdir(), 'lightpress-walk-'))

const topologies = ['single', 'split'] as const
let worlds: Record<(typeof topologies)[number], World>
beforeAll(async () => {
  // Schedules would change rows while they are compared.
  const env = { ROLES: 'http,worker,relay' }
  const [single, split] = await Promise.all([createWorld('single', { env }), createWorld('split', { env })])
  worlds = { single, split }
})
afterAll(async () => {
  await Promise.all(Object.values(worlds ?? {}).map((world) => world.close()))
  await rm(storage, { recursive: true })
})

describe.each(topologies)('every operation, with the processes %s', (topology) => {
  describe.each(schemas)('of %s', (name) => {
    it('keeps out whoever is not let in, and tells nobody what is not theirs', { timeout: 300_000 }, async () => {
      const attacked = operations.filter(({ module }) => module === name)
      const cast = await createCast(worlds[topology])
      expect(await walkOutside(worlds[topology], { operations, attacked, ...cast })).toEqual([])
    })
  })

  it('is for neighbours only where it says so', async () => {
    expect(await walkInside(worlds[topology], operations)).toEqual([])
  })

  it('lets in whoever may', async () => {
    const { insiders } = await createCast(worlds[topology])
    expect(await walkAsInsider(worlds[topology], operations, insiders)).toEqual([])
    const outside = operations.filter(isReachable).length
    console.info(
      `${topology}: ${operations.length} operations walked, ${outside} of them from outside, by ${worlds[topology].requests()} requests`,
    )
  })
})

describe('the walk', () => {
  it('knows every route that any app serves', async () => {
    for (const [app, packages] of readDeployments()) {
      const hosted = packages.flatMap((name) => modules.get(name) ?? [])
      if (hosted.length === 0) continue
      const served = await serveWatched(hosted, { env: environment(worlds.single), documents: contracts })
      await served.server.close()
      expect([app, findUndeclared(served, hosted)]).toEqual([app, []])
    }
    expect(findWithoutAccess(contracts)).toEqual([])
  })

  it('reports a route that is in no contract', async () => {
    const hosted = [...modules.values()]
    const env = environment(worlds.single)
    const served = await serveWatched(hosted, { env, documents: contracts }, (app) => {
      app.get('/v1/backdoor', async () => 'open')
    })
    await served.server.close()
    expect(findUndeclared(served, hosted)).toEqual([
      'GET /v1/backdoor on the public port is in no contract',
      'GET /v1/backdoor on the internal port is in no contract',
    ])
  })

  it('reports an operation without access, which is closed to all meanwhile', async () => {
    const { access: _, ...silent } = guarded().operation
    const planted = withOperation(silent as Operation)
    expect(findWithoutAccess(planted.map(({ contract }) => contract))).toEqual([
      `${guarded().name} has the access undefined`,
    ])
    expect(await walkAnonymously(planted, { status: 403, reason: 'request.not_allowed' })).toEqual([])
  })

  it('reports an operation whose access is not what its contract says', async () => {
    const planted = withOperation({ ...guarded().operation, access: 'public' })
    const faults = await walkAnonymously(planted, { status: 401, reason: 'request.sign_in_required' })
    expect(faults).toContainEqual(expect.stringMatching(`^${guarded().name} as anonymous: answered `))
  })

  /** Some operation that asks for a role, and for nothing that would have to exist. */
  function guarded() {
    const found = operations
      .filter(isReachable)
      .find(
        ({ operation: { access, path, kind } }) =>
          ['admin', 'owner'].includes(access) && kind === 'query' && pathParameters(path).length === 0,
      )
    if (!found) throw new TypeError('No operation asks for a role')
    return found
  }

  /** The modules, that operation declared otherwise in the one that has it. */
  function withOperation(operation: Operation): Module[] {
    const { module: name, key } = guarded()
    const plant = (contract: Contract): Contract => ({
      ...contract,
      operations: { ...contract.operations, [key]: operation },
    })
    return [...modules.values()].map((module) =>
      module.name === name ? { ...module, contract: plant(module.contract) } : module,
    )
  }

  async function walkAnonymously(planted: readonly Module[], refusal: { status: number; reason: string }) {
    const world = worlds.single
    const { server } = await serveWatched(planted, { env: environment(world) })
    try {
      const services = world.stack.services.map((service) => ({ ...service, url: `http://127.0.0.1:${server.port}` }))
      const there = { ...world, stack: { ...world.stack, services } }
      const victim = await joinWorld(world, 'Ada Victim')
      await settle(world.database, schemas)
      const attackers = [{ ...nobody('anonymous', {}, ''), refusal: () => refusal }]
      return await walkOutside(there, { operations: [guarded()], attackers, victim })
    } finally {
      await server.close()
    }
  }
})

/** Somebody with something of everything, those who are after it, and those who may do all there is to do. */
async function createCast(world: World) {
  const enter = (name: string) => joinWorld(world, name)
  const [victim, eve, bob, mallory] = await Promise.all([enter('Ada'), enter('Eve'), enter('Bob'), enter('Mallory')])
  const [owner, operator] = await Promise.all([enter('Olu'), enter('Opal')])
  await enlist(world, bob, { organizationId: victim.identity.organizationId, role: 'member' })
  await makeOperator(world, operator)
  victim.name = await renameAtRandom(victim)
  const unseen = await furnish(world, victim)
  const attackers = await createAttackers(world, { operations, eve, bob, mallory, operator })
  const insiders = await createInsiders(world, { operations, owner, operator })
  await settle(world.database, schemas)
  return { victim, unseen, attackers, insiders }
}

/** So that it is found wherever it should not be. */
async function renameAtRandom({ users }: Member): Promise<string> {
  return (await users.updateMe({ name: `Ada ${crypto.randomUUID()}` })).name
}

/** Serves in this process what the world has: its database, its keys, its neighbours. */
function environment({ stack, keys }: World): Record<string, string> {
  return {
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    HOST: '127.0.0.1',
    PORT: '0',
    INTERNAL_PORT: '0',
    ROLES: 'http',
    STORAGE_URL: pathToFileURL(storage).href,
    TRUSTED_PROXIES: '127.0.0.1',
    PUBLIC_URL: stack.url,
    DATABASE_URL: stack.databaseUrl,
    QUEUE_URL: stack.databaseUrl,
    STRIPE_SECRET_KEY: 'sk_test_lightpress',
    STRIPE_WEBHOOK_SECRET: 'whsec_lightpress',
    RESEND_API_KEY: 're_lightpress',
    RESEND_WEBHOOK_SECRET: 'whsec_bGlnaHRwcmVzcw==',
    EMAIL_FROM: 'Lightpress <hello@lightpress.localhost>',
    ...keys,
    ...Object.fromEntries(schemas.map((name) => [`${name.toUpperCase()}_URL`, stack.services[0]?.internalUrl ?? ''])),
  }
}
