import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readDeployments, workspace } from '../src/discover.ts'

const services = [...readDeployments().keys()].filter((app) => app.endsWith('-service'))
const compose = readFileSync(join(workspace, 'docker-compose.yml'), 'utf8')

it('builds every service alike: a Dockerfile differs from the others in the name of its app alone', () => {
  expect(services).toHaveLength(4)
  const recipes = services.map((app) => {
    const recipe = readFileSync(join(workspace, 'apps', app, 'Dockerfile'), 'utf8')
    expect(recipe).toContain(`apps/${app}/dist`)
    return recipe.replaceAll(app, '<app>')
  })
  for (const recipe of recipes) expect(recipe).toBe(recipes[0])
})

it('names exactly these in docker-compose.yml: built and migrated once, run once', () => {
  const wanted = services.toSorted()
  expect(found(/^ {4}build: .* dockerfile: apps\/([\w-]+)\/Dockerfile/gm)).toEqual(wanted)
  expect(found(/^ {2}migrate-([\w-]+):$/gm).map((module) => `${module}-service`)).toEqual(wanted)
  expect(found(/^ {2}([\w-]+-service):$/gm)).toEqual(wanted)
})

it('runs in each container of docker-compose.yml the image that is built for it, from no registry', () => {
  const images = new Map(
    [...compose.matchAll(/^ {2}([\w-]+):\n(?: {4}<<: .*\n)? {4}image: (\S+)/gm)].map(([, name = '', image = '']) => [
      name,
      image,
    ]),
  )
  for (const app of services) {
    expect(images.get(app), app).toBe(`localhost/lightpress/${app}`)
    expect(images.get(`migrate-${app.replace('-service', '')}`), app).toBe(images.get(app))
  }
  // What anybody else could offer under its name: the official images alone.
  const fetched = [...images.values()].filter((image) => !image.startsWith('localhost/lightpress/'))
  expect(fetched).toEqual(['${POSTGRES_IMAGE:-postgres:16}', '${REDIS_IMAGE:-redis:7}'])
})

function found(pattern: RegExp): string[] {
  return [...compose.matchAll(pattern)].map(([, name = '']) => name).sort()
}
