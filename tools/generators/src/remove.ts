import { formatFiles, visitNotIgnoredFiles, type GeneratorCallback, type Tree } from '@nx/devkit'
import { changePlaces } from './change-places.ts'
import { finish } from './finish.ts'
import { placesOf } from './places.ts'
import { requireUnused } from './require-unused.ts'
import { clear, install, runCheck } from './steps.ts'
import { journeyOf, ownFolders } from './templates.ts'

/**
 * Takes a module out: what is its own, and what others say of it. Its schema stays in the databases that have it. Nothing is
 * written when others use it, and what fails afterwards is undone.
 */
export async function removeModule(tree: Tree, { name }: { name: string }): Promise<GeneratorCallback> {
  requireUnused(tree, name)
  changePlaces(tree, placesOf(name), 'remove')
  await formatFiles(tree)
  // One by one, so that they can be put back.
  for (const folder of ownFolders(name)) visitNotIgnoredFiles(tree, folder, (file) => tree.delete(file))
  tree.delete(journeyOf(name))
  return finish(tree, {
    steps: [clear(ownFolders(name)), install, runCheck('events.ts'), runCheck('holdings.ts')],
    undo: [install],
  })
}
