import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { packageManagerOf, readDeployments, workspace } from '../src/discover.ts'

const services = [...readDeployments().keys()].filter((app) => app.endsWith('-service'))
const read = (file: string) => readFileSync(join(workspace, file), 'utf8')
const compose = read('docker-compose.yml')

describe('the Dockerfiles', () => {
  it('build every service alike: one differs from the others in the name of its app alone', () => {
    expect(services.length).toBeGreaterThanOrEqual(4)
    const recipes = services.map((app) => {
      const recipe = read(`apps/${app}/Dockerfile`)
      expect(recipe).toContain(`apps/${app}/dist`)
      return recipe.replaceAll(app, '<app>')
    })
    for (const recipe of recipes) expect(recipe).toBe(recipes[0])
  })

  it('ship a bundle and Node, run as nobody in particular, and say by Node how they are', () => {
    const [build = '', ship = ''] = read(`apps/${services[0]}/Dockerfile`).split(/^(?=FROM )/m)
    // A frontend would be fetched from a registry, at every build.
    expect(build + ship).not.toMatch(/^#\s*syntax=/m)
    expect(build).toMatch(/^FROM node:24-bookworm-slim AS build\n/)
    expect(build).toContain('pnpm install --offline --frozen-lockfile')
    expect(ship.match(/^FROM .*$/gm)).toEqual(['FROM node:24-bookworm-slim'])
    expect(ship.match(/^COPY .*$/gm)).toEqual([`COPY --from=build /app/apps/${services[0]}/dist ./`])
    expect(ship).toMatch(/^USER node$/m)
    // A layer keeps what it is given, for whoever pulls it: these are all, and none is a secret.
    expect((build + ship).match(/^(ARG|ENV) .*$/gm)).toEqual([
      'ENV NODE_ENV=production NODE_OPTIONS=--enable-source-maps',
      'ARG REVISION=unknown',
      'ENV RELEASE=$REVISION',
    ])
    expect(ship).toMatch(/^HEALTHCHECK .* CMD \["node", .*\/health\/live/m)
    expect(ship).toMatch(/^LABEL org\.opencontainers\.image\.revision=\$REVISION$/m)
    // The exec form, so that SIGTERM reaches Node and not a shell.
    expect(ship).toMatch(/^CMD \["node", "main\.js"\]$/m)
    expect(ship).not.toMatch(/\b(curl|wget|apt-get|npm)\b/)
  })

  it('take the pnpm that the workspace names', () => {
    for (const file of ['tools/dev', ...services.map((app) => `apps/${app}`)])
      expect(read(`${file}/Dockerfile`), file).toContain(`\nRUN npm install --global ${packageManagerOf()}\n`)
  })

  it('are given nothing of this machine that git leaves out', () => {
    const left = read('.dockerignore').split('\n')
    const ignored = read('.gitignore').split('\n').filter(Boolean)
    expect(ignored).toContain('.env')
    for (const name of ignored) expect(left).toContain(`**/${name}`)
  })

  it('are those of the services, of development and of what stands in for images: there is no other', () => {
    expect(files().filter((file) => /(^|\/)[^/]*Dockerfile[^/]*$/i.test(file))).toEqual(
      [
        ...services.map((app) => `apps/${app}/Dockerfile`),
        'tools/ci/containers/postgres.Dockerfile',
        'tools/ci/containers/redis.Dockerfile',
        'tools/dev/Dockerfile',
      ].sort(),
    )
  })

  it('are the only ones that compose files, pipelines and their scripts name', () => {
    const naming = files().filter((file) =>
      /^(docker-compose[^/]*\.yml|\.github\/workflows\/.*\.yml|Jenkinsfile|buildspec\.yml|tools\/ci\/src\/.*\.ts)$/.test(
        file,
      ),
    )
    expect(naming).toContain('docker-compose.yml')
    for (const file of naming) {
      for (const [named] of read(file).matchAll(/[\w./<>${}-]+\/Dockerfile\b[\w.]*/g)) {
        // Written for whichever service it is about.
        const general = /^(\.\/)?apps\/(\$\{?\w+\}?|<\w+>)(-service)?\/Dockerfile$/.test(named)
        expect(general || existsSync(join(workspace, named)), `${file} names ${named}`).toBe(true)
      }
    }
  })
})

describe('docker-compose.yml', () => {
  it('names exactly these: built and migrated once, run once', () => {
    const wanted = services.toSorted()
    expect(found(/^ {4}build: .* dockerfile: apps\/([\w-]+)\/Dockerfile/gm)).toEqual(wanted)
    expect(found(/^ {2}migrate-([\w-]+):$/gm).map((module) => `${module}-service`)).toEqual(wanted)
    expect(found(/^ {2}([\w-]+-service):$/gm)).toEqual(wanted)
  })

  it('can run any number of each service, read-only, none with a port on this machine', () => {
    for (const app of services) {
      const service = containers()[app] ?? {}
      expect(service, app).not.toHaveProperty('container_name')
      expect(service, app).not.toHaveProperty('ports')
      expect(service, app).toMatchObject({ read_only: true, init: true, tmpfs: ['/tmp'] })
      expect(service.networks, app).toEqual({ lightpress: { aliases: [app.replace('-service', '')] } })
    }
  })

  it('is reached from this machine alone', () => {
    const ports = Object.values(containers()).flatMap(({ ports = [] }) => ports)
    expect(ports.length).toBeGreaterThanOrEqual(5)
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\$\{\w+:-\d+\}:\d+$/)
  })

  it('gives a service longer to end than it takes', () => {
    for (const app of services) {
      const { stop_grace_period: grace = '0s', environment } = containers()[app] ?? {}
      const limit = Number(environment?.DRAIN_DELAY) + shutdown()
      expect(Number.parseInt(grace) * 1_000, app).toBeGreaterThan(limit)
    }
  })
})

describe('docker-compose.dev.yml', () => {
  const dev = parse(read('docker-compose.dev.yml'), { merge: true }) as { services: Record<string, Container> }
  const mounted = (pattern: string) =>
    globSync(pattern, { cwd: workspace })
      .map((path) => `./${path}:/app/${path}:ro`)
      .sort()

  it('runs each service from its source, with all that it could import', () => {
    const wanted = mounted('packages/{*,*/*}/src')
    for (const app of services) {
      const { command, volumes = [] } = dev.services[app] ?? {}
      expect(command?.at(-1), app).toBe(`apps/${app}/src/main.ts`)
      expect(command, app).toContain('--watch')
      expect(volumes.toSorted(), app).toEqual(wanted)
    }
  })

  it('runs the web from its source, with every contract', () => {
    const { volumes = [] } = dev.services.web ?? {}
    expect(volumes.filter((volume) => volume.startsWith('./packages/')).toSorted()).toEqual(
      mounted('packages/{protocol,*/contract}/src'),
    )
  })
})

describe('docker-compose.integration.yml', () => {
  it('lets nothing out of its network', () => {
    const { networks } = parse(read('docker-compose.integration.yml')) as { networks: object }
    expect(networks).toEqual({ lightpress: { internal: true } })
  })
})

interface Container {
  command?: string[]
  environment?: Record<string, string | number>
  networks?: unknown
  ports?: string[]
  stop_grace_period?: string
  volumes?: string[]
}

function containers(): Record<string, Container> {
  return (parse(compose, { merge: true }) as { services: Record<string, Container> }).services
}

/** Milliseconds that a process takes at most once it has told everybody that it goes. */
function shutdown(): number {
  const [, said] = /const SHUTDOWN = ([\d_]+)/.exec(read('packages/kernel/src/main.ts')) ?? []
  if (!said) throw new Error('packages/kernel/src/main.ts does not say how long it takes')
  return Number(said.replaceAll('_', ''))
}

/** All of the repository's own. */
function files(): string[] {
  const left = ['node_modules', 'dist', '.git', '.nx', '.data', 'coverage']
  return globSync(['*', '*/**', '.github/**'], {
    cwd: workspace,
    withFileTypes: true,
    exclude: ({ name }) => left.includes(name),
  })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(workspace, join(entry.parentPath, entry.name)))
    .sort()
}

function found(pattern: RegExp): string[] {
  return [...compose.matchAll(pattern)].map(([, name = '']) => name).sort()
}
