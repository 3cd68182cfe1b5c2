import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { logger, type GeneratorCallback, type Tree } from '@nx/devkit'
import type { Step } from './steps.ts'

/** Written by steps, and not by the tree. */
const GENERATED = ['pnpm-lock.yaml', 'docs/events.md', 'docs/security/holdings.md']

/**
 * Carries the steps out, once the tree is on the disk. When one of them fails, every file is put back as it was before,
 * the steps of `undo` follow, and what went wrong is thrown.
 */
export function finish(
  tree: Tree,
  { steps, undo }: { steps: readonly Step[]; undo: readonly Step[] },
): GeneratorCallback {
  const { root } = tree
  const before = remember(tree)
  const carryOut = ({ says, run }: Step) => {
    logger.info(`${says} …`)
    run(root)
  }
  return () => {
    try {
      steps.forEach(carryOut)
    } catch (error) {
      logger.error('That failed. Putting everything back as it was …')
      for (const [path, contents] of before)
        if (contents === null) rmSync(path, { force: true })
        else writeFileSync(path, contents)
      undo.forEach(carryOut)
      throw error
    }
  }
}

/** What each file that will change has in it now; null where there is none. */
function remember(tree: Tree): Map<string, Buffer | null> {
  const files = [...tree.listChanges().map(({ path }) => path), ...GENERATED]
  return new Map(
    files.map((file) => {
      const path = join(tree.root, file)
      return [path, existsSync(path) ? readFileSync(path) : null]
    }),
  )
}
