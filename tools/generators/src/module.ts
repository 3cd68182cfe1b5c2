import { join } from 'node:path'
import { formatFiles, generateFiles, OverwriteStrategy, type GeneratorCallback, type Tree } from '@nx/devkit'
import { changePlaces } from './change-places.ts'
import { finish } from './finish.ts'
import { parseNames } from './names.ts'
import { LIKE, placesOf } from './places.ts'
import { requireFree } from './require-free.ts'
import { clear, install, makeMigration, runCheck } from './steps.ts'
import { foldersOf, ownFolders, templates } from './templates.ts'

/**
 * Adds a module that works: it makes and lists one kind of thing for an organisation, publishes an event and hears it, and
 * says whom its rows are about. Nothing is written when anything is wrong, and what fails afterwards is undone.
 */
export async function generateModule(
  tree: Tree,
  options: { name: string; singular?: string },
): Promise<GeneratorCallback> {
  const names = parseNames(options)
  const { name } = names
  requireFree(tree, names)
  changePlaces(tree, placesOf(name), 'add')
  for (const [from, to] of Object.entries(foldersOf(name)))
    generateFiles(
      tree,
      join(templates, from),
      to,
      { ...names },
      { overwriteStrategy: OverwriteStrategy.ThrowIfExisting },
    )
  tree.write(`apps/${name}-service/Dockerfile`, dockerfileOf(tree, name))
  await formatFiles(tree)
  return finish(tree, {
    steps: [
      install,
      makeMigration(name),
      runCheck('contracts.ts', '--update'),
      runCheck('events.ts'),
      runCheck('holdings.ts'),
    ],
    undo: [clear(ownFolders(name)), install],
  })
}

/** There is one pattern for all of them, so it is taken from another service as it is now. */
function dockerfileOf(tree: Tree, name: string): string {
  const pattern = `apps/${LIKE}-service/Dockerfile`
  const text = tree.read(pattern, 'utf8')
  if (!text?.includes(`${LIKE}-service`)) throw new Error(`${pattern} is no Dockerfile to make another one of.`)
  return text.replaceAll(`${LIKE}-service`, `${name}-service`)
}
