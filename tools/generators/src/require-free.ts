import { getProjects, type Tree } from '@nx/devkit'
import type { Names } from './names.ts'
import { findTakenWords, journeyOf, ownFolders } from './templates.ts'

/** Throws when there is something already where a module of this name would be. */
export function requireFree(tree: Tree, names: Names): void {
  const { name } = names
  const files = [...ownFolders(name), journeyOf(name)]
  const packages = ['', '-contract', '-service'].map((suffix) => `@lightpress/${name}${suffix}`)
  const projects = getProjects(tree)
  const paths = pathsOf(tree)
  const taken = [
    ...files.filter((file) => tree.exists(file)).map((file) => `${file} is there already.`),
    ...packages.filter((one) => projects.has(one)).map((one) => `There is a package ${one} already.`),
    ...[...paths]
      .filter(([path]) => `${path}/`.startsWith(`/v1/${name}/`))
      .map(([path, owner]) => `${path} belongs to ${owner} already.`),
    ...findTakenWords(names).map(
      (word) =>
        `"${word}" is a word of the code that a module begins with, or of the language: take another name, or say --singular=….`,
    ),
  ]
  if (taken.length > 0) throw new Error([`There can be no module ${name}:`, ...taken].join('\n  '))
}

/** Who serves which path, as the contracts' snapshots have it. */
function pathsOf(tree: Tree): Map<string, string> {
  const paths = new Map<string, string>()
  for (const module of tree.children('packages')) {
    const snapshot = tree.read(`packages/${module}/contract/snapshot.json`, 'utf8')
    if (snapshot === null) continue
    const { operations } = JSON.parse(snapshot) as { operations: Record<string, { path: string | null }> }
    for (const { path } of Object.values(operations)) if (path !== null) paths.set(path, module)
  }
  return paths
}
