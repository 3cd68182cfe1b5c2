import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tree } from '@nx/devkit'
import { placesOf } from './places.ts'
import { journeyOf, ownFolders } from './templates.ts'

/** Throws when there is no such module, or when others use it beyond what was written for it. */
export function requireUnused(tree: Tree, name: string): void {
  const folders = ownFolders(name)
  if (!/^[a-z]+$/.test(name) || !folders.every((folder) => tree.exists(folder)))
    throw new Error(`There is no module "${name}": it would be in ${folders.join(' and ')}.`)
  const known = new Set([journeyOf(name), ...placesOf(name).map(({ file }) => file)])
  const users = globSync('{apps,packages,tools,infra}/**/*.{ts,tsx,mjs,json}', {
    cwd: tree.root,
    exclude: (path) => /(^|[\\/])(node_modules|dist|generators)$/.test(path),
  })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !known.has(file) && !folders.some((folder) => file.startsWith(`${folder}/`)))
    .filter((file) => isUser(readFileSync(join(tree.root, file), 'utf8'), name))
  if (users.length > 0)
    throw new Error(
      [`${name} cannot be removed, because others use it. Take it out of these first:`, ...users.sort()].join('\n  '),
    )
}

/** By its packages, or as one of the listeners of an event. */
function isUser(source: string, name: string): boolean {
  return (
    new RegExp(`@lightpress/${name}(-contract|-service)?['"/]`).test(source) ||
    new RegExp(`\\blisteners: \\[[^\\]]*'${name}'`).test(source)
  )
}
