import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inTests, layers, type Layer } from './layers.ts'

export interface Project {
  name: string
  root: string
  tags: readonly string[]
  /** The projects that it imports or lists in its package.json. */
  uses: readonly string[]
  /** Those of them that its package.json lists for development only. */
  forDevelopment: readonly string[]
}

interface NxGraph {
  graph: {
    nodes: Record<string, { data: { root: string; tags?: string[] } }>
    dependencies: Record<string, { target: string }[]>
  }
}

/** The workspace as Nx sees it: from imports and package.json, without a list of ours. */
export function readProjects(workspace: string): Project[] {
  const folder = mkdtempSync(join(tmpdir(), 'lightpress-graph-'))
  const file = join(folder, 'graph.json')
  execFileSync('nx', ['graph', `--file=${file}`], {
    cwd: workspace,
    stdio: 'pipe',
    env: { ...process.env, NX_DAEMON: 'false' },
  })
  const { graph } = JSON.parse(readFileSync(file, 'utf8')) as NxGraph
  rmSync(folder, { recursive: true })
  return Object.entries(graph.nodes).map(([name, { data }]) => ({
    name,
    root: data.root,
    tags: data.tags ?? [],
    uses: [...new Set((graph.dependencies[name] ?? []).map(({ target }) => target))].filter(
      (used) => used in graph.nodes,
    ),
    forDevelopment: developmentDependencies(join(workspace, data.root)),
  }))
}

/** What is wrong with how the projects stand to each other; empty when the house stands. */
export function findGraphProblems(projects: readonly Project[]): string[] {
  const named = new Map(projects.map((project) => [project.name, project]))
  return [
    ...projects.flatMap(tagProblems),
    ...projects.flatMap((project) => project.uses.flatMap((name) => edgeProblems(project, named.get(name) as Project))),
    ...cyclesOf(named).map((cycle) => `${cycle.join(' → ')} is a cycle`),
  ]
}

/** A project is one thing of one kind; a contract and its module belong to the folder that they share. */
function tagProblems({ name, root, tags }: Project): string[] {
  const types = tags.filter((tag) => tag.startsWith('type:'))
  if (types.length !== 1 || !layerOf({ tags })) {
    return [
      `${name} needs one tag of type:${Object.keys(layers).join(', type:')}; it has ${types.join(', ') || 'none'}`,
    ]
  }
  const owner = /^packages\/([^/]+)\/(contract|module)$/.exec(root)?.[1]
  const wanted = owner === undefined ? [] : [`scope:${owner}`]
  const scopes = tags.filter((tag) => tag.startsWith('scope:'))
  return scopes.join() === wanted.join()
    ? []
    : [`${name} needs the tag ${wanted.join() || 'of no scope'}; it has ${scopes.join() || 'none'}`]
}

function edgeProblems(from: Project, to: Project): string[] {
  const [source, target] = [layerOf(from), layerOf(to)]
  if (!source || !target) return []
  const allowed: readonly Layer[] = layers[source]
  if (allowed.includes(target)) return []
  if (inTests.includes(target) && from.forDevelopment.includes(to.name)) return []
  return [`${from.name} (${source}) uses ${to.name} (${target})`]
}

function layerOf({ tags }: Pick<Project, 'tags'>): Layer | undefined {
  return (Object.keys(layers) as Layer[]).find((layer) => tags.includes(`type:${layer}`))
}

/** Every cycle once, as the names along it, from a depth-first walk. */
function cyclesOf(named: ReadonlyMap<string, Project>): string[][] {
  const cycles: string[][] = []
  const done = new Set<string>()
  const walk = (name: string, trail: readonly string[]) => {
    const at = trail.indexOf(name)
    if (at !== -1) cycles.push([...trail.slice(at), name])
    if (at !== -1 || done.has(name)) return
    for (const next of named.get(name)?.uses ?? []) walk(next, [...trail, name])
    done.add(name)
  }
  for (const name of named.keys()) walk(name, [])
  return cycles
}

function developmentDependencies(folder: string): string[] {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { devDependencies?: object }
  return Object.keys(manifest.devDependencies ?? {})
}
