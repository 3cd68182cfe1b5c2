import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { askedBy } from '@lightpress/kernel'
import { describe, expect, it } from 'vitest'
import { addressOf, readDeployed } from '../src/catalogue.ts'
import { findComposeProblems, readCompose, type Compose } from '../src/compose.ts'
import { workspace } from '../src/discover.ts'

const deployed = await readDeployed()
const compose = readCompose()

describe('docker-compose.yml', () => {
  it('runs and migrates what the catalogue deploys, with the variables that each process reads', () => {
    expect(Object.keys(compose).length).toBeGreaterThan(deployed.services.length * 2)
    expect(findComposeProblems(compose, deployed)).toEqual([])
  })

  const { 'billing-service': billing, 'migrate-billing': migrate, gateway, redis, ...others } = compose
  if (!billing || !migrate || !gateway || !redis) throw new Error('docker-compose.yml has no billing')
  const rest = { ...others, 'billing-service': billing, 'migrate-billing': migrate, gateway, redis }
  const { STRIPE_SECRET_KEY: _, ...unpaid } = billing.environment
  const { SENTRY_DSN: __, ...unwatched } = billing.environment

  it.each<[string, Compose, string]>([
    [
      'a service is missing',
      { ...others, 'migrate-billing': migrate, gateway, redis },
      'The container billing-service is missing: add it as the others are.',
    ],
    [
      'nobody migrates a schema',
      { ...others, 'billing-service': billing, gateway, redis },
      'The container migrate-billing is missing: add it as the others are.',
    ],
    [
      'there is a service of no module',
      { ...rest, 'attic-service': billing },
      'The container attic-service is of no module in the catalogue: remove it.',
    ],
    [
      "a service runs another's image",
      { ...rest, 'billing-service': { ...billing, image: 'localhost/lightpress/users-service' } },
      'billing-service runs localhost/lightpress/users-service: its image is localhost/lightpress/billing-service.',
    ],
    [
      "an image is made of another's Dockerfile",
      { ...rest, 'migrate-billing': { ...migrate, build: { context: '.', dockerfile: 'Dockerfile' } } },
      'migrate-billing builds Dockerfile: its image is made by apps/billing-service/Dockerfile.',
    ],
    [
      'what should migrate does not',
      { ...rest, 'migrate-billing': { ...migrate, command: ['true'] } },
      'migrate-billing does not run node main.js migrate: give it that command.',
    ],
    [
      'a service does not wait for a schema',
      { ...rest, 'billing-service': { ...billing, depends_on: ['migrate-billing'] } },
      'billing-service does not wait until migrate-billing has ended well: add it to its depends_on.',
    ],
    [
      'a variable is missing',
      { ...rest, 'billing-service': { ...billing, environment: unpaid } },
      'billing-service would not start: STRIPE_SECRET_KEY is missing (for example sk_test_…)',
    ],
    [
      'a secret that may be absent is not passed on',
      { ...rest, 'billing-service': { ...billing, environment: unwatched } },
      'billing-service is not given SENTRY_DSN: pass it on, empty where there is none.',
    ],
    [
      'a neighbour is looked for in the wrong place',
      {
        ...rest,
        'billing-service': { ...billing, environment: { ...billing.environment, USERS_URL: 'http://users-service' } },
      },
      'billing-service looks for users at http://users-service: it is http://users:3001, as in production.',
    ],
    [
      'nobody finds a service',
      { ...rest, 'billing-service': { ...billing, networks: ['lightpress'] } },
      'billing-service is not found as http://billing:3001: give it that alias in its network.',
    ],
    [
      'a variable is written wrongly',
      { ...rest, 'billing-service': { ...billing, environment: { ...billing.environment, STRIPE_KEY: 'x' } } },
      'billing-service is given STRIPE_KEY, which no module reads: remove it, or write it as it is read.',
    ],
    [
      'the gateway does not know a service',
      { ...rest, gateway: { ...gateway, environment: {} } },
      'gateway needs BILLING_PUBLIC_URL: http://billing-service:3000',
    ],
    [
      "somebody else's image is fetched",
      { ...rest, redis: { ...redis, image: '${REDIS_IMAGE:-helpful/redis:7}' } },
      'redis runs ${REDIS_IMAGE:-helpful/redis:7}: it is localhost/lightpress/…, which is in no registry, or ${NAME:-…} with one of postgres, redis, prom/prometheus, grafana/grafana, grafana/tempo.',
    ],
  ])('is refused when %s', (_, planted, sentence) => {
    expect(findComposeProblems(planted, deployed)).toContain(sentence)
  })
})

it('.env.example names every variable that a process reads, and no other', () => {
  const example = readFileSync(join(workspace, '.env.example'), 'utf8').replace(/^# (?=[A-Z_]+=)/gm, '')
  const asked = deployed.modules.map(askedBy)
  const read = new Set([
    'DATABASE_URL',
    ...asked.flatMap(({ neighbours }) => neighbours.map(addressOf)),
    ...asked.flatMap(({ shared, own }) => [...shared, ...own].map(({ name }) => name)),
  ])
  // Said in one line, for all modules.
  const named = [...Object.keys(parseEnv(example)), ...(example.match(/\b[A-Z]+_DATABASE_URL\b/g) ?? [])]
  expect([...read].filter((name) => !named.includes(name))).toEqual([])
  expect(named.filter((name) => !read.has(name))).toEqual([])
})
