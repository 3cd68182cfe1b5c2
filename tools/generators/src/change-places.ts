import type { Tree } from '@nx/devkit'
import type { Edit } from './edits/edit.ts'
import type { Place } from './places.ts'

/** Makes one of the two kinds of edits everywhere, in the tree that is written only when nothing throws. */
export function changePlaces(tree: Tree, places: readonly Place[], kind: keyof Edit): void {
  for (const { file, edits } of places) {
    try {
      const before = tree.read(file, 'utf8')
      if (before === null) throw new Error('is not there')
      tree.write(
        file,
        edits.reduce((source, edit) => edit[kind](source), before),
      )
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error)
      throw new Error(`${file} ${what}. It is not as tools/generators/src/places.ts knows it; nothing was written.`, {
        cause: error,
      })
    }
  }
}
