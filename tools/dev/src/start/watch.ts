import { watch } from 'node:fs'
import { join, sep } from 'node:path'

const PAUSE = 150

/** Calls back with the files that changed under the folders, once a burst of changes (a save, a checkout) is over. */
export function watchFiles(root: string, folders: readonly string[], onChange: (files: string[]) => void): () => void {
  const changed = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  const watchers = folders.map((folder) =>
    watch(join(root, folder), { recursive: true }, (_event, name) => {
      if (name === null || !isSource(name)) return
      changed.add(join(folder, name))
      clearTimeout(timer)
      timer = setTimeout(() => {
        const files = [...changed]
        changed.clear()
        onChange(files)
      }, PAUSE)
    }),
  )
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}

function isSource(name: string): boolean {
  const parts = name.split(sep)
  return (
    /\.(ts|sql|json|txt)$/.test(name) &&
    !parts.some((part) => part === 'node_modules' || part === 'test' || part === 'dist')
  )
}
