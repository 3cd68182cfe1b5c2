import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { defineModule, type Module } from '@lightpress/kernel'
import { defineContract, query } from '@lightpress/protocol'
import { appOf, catalogue, type Service } from 'infra'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { addressOf, findCatalogueProblems, readDeployed, type Deployed } from '../src/catalogue.ts'
import { workspace } from '../src/discover.ts'

const FILE = 'infra/src/catalogue.ts'
const gallery = defineContract('gallery', {})
const shop = defineContract('shop', {
  listWalls: query({
    summary: 'All walls',
    path: '/v1/walls',
    access: 'user',
    input: z.object({}),
    output: z.object({}),
  }),
})

const painter = moduleWith({
  PAINT_KEY: z.string().meta({ example: 'p_…', secret: true }),
  PAINT_FROM: z.string(),
  PAINT_RATE: z.coerce.number().default(2),
})

const entry: Service = {
  module: 'shop',
  contract: shop,
  neighbours: ['auth', 'gallery'],
  secrets: { PAINT_KEY: 'shop/paint-key' },
  settings: ['PAINT_FROM'],
  files: false,
  http: { min: 1, max: 2, cpu: 70 },
  worker: { min: 1, max: 2, cpu: 70 },
}

describe("the workspace's catalogue", async () => {
  const deployed = await readDeployed()

  it('deploys every module with the secrets, settings and neighbours that it asks for', () => {
    expect(deployed.services.length).toBe(deployed.modules.length)
    expect(findCatalogueProblems(deployed)).toEqual([])
  })

  const house: Deployed = { ...deployed, modules: [painter], services: [entry], contracts: [shop] }
  const problems = (change: Partial<Deployed>) =>
    findCatalogueProblems({ ...house, ...change }).filter((problem) => !problem.startsWith('/docs'))
  const withEntry = (change: Partial<Service>) => problems({ services: [{ ...entry, ...change }] })

  it('is content with a house where everything is in its place', () => {
    expect(problems({})).toEqual([])
  })

  it.each<[string, () => string[], string]>([
    [
      'a module is deployed nowhere',
      () => problems({ services: [], contracts: [] }),
      `The module shop is deployed nowhere: give it an entry in ${FILE}.`,
    ],
    [
      'an entry is for no module',
      () => problems({ services: [entry, { ...entry, module: 'attic', contract: gallery }] }),
      `${FILE} deploys attic, which is no module of packages/: remove its entry.`,
    ],
    [
      'a module has two entries',
      () => problems({ services: [entry, { ...entry }] }),
      `The module shop has two entries in ${FILE}: leave one of them.`,
    ],
    [
      "an entry has another's contract",
      () => withEntry({ contract: gallery }),
      `The entry of shop in ${FILE} has the contract of gallery: give it its own.`,
    ],
    [
      'a secret is not in the entry',
      () => withEntry({ secrets: {} }),
      `shop reads the secret PAINT_KEY: name it among the secrets of shop in ${FILE}.`,
    ],
    [
      'an entry has a secret that nobody reads',
      () => withEntry({ secrets: { ...entry.secrets, BRUSH_KEY: 'shop/brush-key' } }),
      `shop does not read BRUSH_KEY: remove it from the secrets of shop in ${FILE}.`,
    ],
    [
      'an entry keeps as a secret what the module does not mark as one',
      () => withEntry({ secrets: { ...entry.secrets, PAINT_RATE: 'shop/paint-rate' } }),
      `PAINT_RATE is a secret of shop in ${FILE} and none in its config.ts: mark it there with .meta({ secret: true }), or make it a setting.`,
    ],
    [
      'a secret is a setting',
      () => withEntry({ settings: ['PAINT_FROM', 'PAINT_KEY'] }),
      `PAINT_KEY is a secret of shop: move it from its settings in ${FILE} to its secrets.`,
    ],
    [
      'a setting is read by nobody',
      () => withEntry({ settings: ['PAINT_FROM', 'PAINT_TO'] }),
      `shop does not read PAINT_TO: remove it from the settings of shop in ${FILE}.`,
    ],
    [
      'a variable without a default is neither secret nor setting',
      () => withEntry({ settings: [] }),
      `shop does not start without PAINT_FROM: give it a default, or name it among the settings of shop in ${FILE}.`,
    ],
    [
      'files are asked for and not given',
      () => problems({ modules: [moduleWith({ STORAGE_URL: z.string().default('file:///') })] }),
      `shop reads STORAGE_URL: set files to true in its entry in ${FILE}.`,
    ],
    [
      'files are given and not asked for',
      () => withEntry({ files: true }),
      `shop has no STORAGE_URL: set files to false in its entry in ${FILE}.`,
    ],
    [
      'a neighbour is not in the entry',
      () => withEntry({ neighbours: ['auth'] }),
      `shop asks for GALLERY_URL: name gallery among the neighbours of shop in ${FILE}.`,
    ],
    [
      'an entry has a neighbour that is not called',
      () => withEntry({ neighbours: ['auth', 'gallery', 'attic'] }),
      `shop does not call attic: remove it from the neighbours of shop in ${FILE}.`,
    ],
    [
      'a path belongs to two services',
      () =>
        problems({
          modules: [painter, { ...painter, name: 'attic' }],
          services: [entry, { ...entry, module: 'attic' }],
        }),
      '/v1/walls belongs to shop and attic: give the operations of one of them another path.',
    ],
    [
      'a path belongs to nobody',
      () => problems({ services: [], modules: [] }),
      `/v1/walls belongs to no service: give the module whose contract has it an entry in ${FILE}.`,
    ],
    [
      'a secret of every process is missing',
      () => problems({ sharedSecrets: house.sharedSecrets.filter((name) => name !== 'INTERNAL_KEY') }),
      `Every process reads the secret INTERNAL_KEY: name it in SHARED_SECRETS of ${FILE}.`,
    ],
    [
      'a secret of every process is read by none',
      () => problems({ sharedSecrets: [...house.sharedSecrets, 'PORT'] }),
      `PORT is in SHARED_SECRETS of ${FILE} and no secret of the kernel: mark it in packages/kernel/src/config.ts with .meta({ secret: true }), or remove it.`,
    ],
    [
      'a setting of every process is missing',
      () => problems({ sharedSettings: ['PUBLIC_URL'] }),
      `No process starts without TRUSTED_PROXIES: give it a default, or name it in SHARED_SETTINGS of ${FILE}.`,
    ],
    [
      'a setting of every process is read by none',
      () => problems({ sharedSettings: [...house.sharedSettings, 'CLIMATE'] }),
      `CLIMATE is in SHARED_SETTINGS of ${FILE} and no setting of the kernel: remove it.`,
    ],
  ])('says what to do when %s', (_, plant, sentence) => {
    expect(plant()).toContain(sentence)
  })

  it('says who serves the reference of the interface, or that nobody does', () => {
    expect(findCatalogueProblems(house)).toEqual([
      `/docs and /openapi.json belong to no service: say in DOCUMENTATION of ${FILE} who has them.`,
    ])
  })
})

describe('a service that is told nothing', async () => {
  const { modules } = await readDeployed()

  it.each(catalogue.map((service) => [appOf(service), service] as const))(
    '%s does not start, and names all that it misses',
    (app, service) => {
      const main = join(workspace, 'apps', app, 'src/main.ts')
      const { status, stderr } = spawnSync(process.execPath, [main], { env: {}, encoding: 'utf8' })
      expect(status, stderr).toBe(1)
      const config = modules.find(({ name }) => name === service.module)?.config.shape ?? {}
      const needed = Object.keys(config).filter((name) => !config[name]?.safeParse(undefined).success)
      const missing = [...stderr.matchAll(/^ {2}(\S+) is missing/gm)].map(([, name]) => name)
      expect(missing.sort()).toEqual(
        [
          ...['DATABASE_URL', 'INTERNAL_KEY', 'PUBLIC_URL', 'QUEUE_URL'],
          ...service.neighbours.map(addressOf),
          ...needed,
        ].sort(),
      )
    },
  )
})

function moduleWith(config: z.ZodRawShape): Module {
  return defineModule({
    contract: shop,
    needs: { gallery },
    config: z.object(config),
    migrations: new URL('file:///nowhere'),
    data: { holdings: [] },
    handlers: { listWalls: () => Promise.resolve({}) },
  })
}
