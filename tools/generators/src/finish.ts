import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
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
      for (const [path, contents] of before) putBack(path, contents)
      undo.forEach(carryOut)
      throw error
    }
  }
}

/** What each file that will change has in it now; null where there is none. Folders go and come with what is in them. */
function remember(tree: Tree): Map<string, Buffer | null> {
  const files = [...tree.listChanges().map(({ path }) => path), ...GENERATED]
  const paths = files.map((file) => join(tree.root, file))
  return new Map(
    paths
      .filter((path) => !(existsSync(path) && statSync(path).isDirectory()))
      .map((path) => [path, existsSync(path) ? readFileSync(path) : null]),
  )
}

function putBack(path: string, contents: Buffer | null): void {
  if (contents === null) return rmSync(path, { force: true })
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, contents)
}
