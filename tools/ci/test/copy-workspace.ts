import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { workspace } from '../src/discover.ts'

const left = ['.git', '.data', '.nx', 'dist', '.vite', '.bin', 'coverage']

/** A copy of this workspace to plant faults in: its own files, the installed packages by link. */
export function copyWorkspace() {
  const root = mkdtempSync(join(tmpdir(), 'lightpress-workspace-'))
  const installed = join(workspace, 'node_modules')
  cpSync(workspace, root, {
    recursive: true,
    // A package's node_modules are relative links: inside the copy they lead to the copy.
    verbatimSymlinks: true,
    filter: (path) => path !== installed && !left.includes(basename(path)),
  })
  symlinkSync(installed, join(root, 'node_modules'))
  return {
    root,
    write(file: string, contents: string) {
      mkdirSync(dirname(join(root, file)), { recursive: true })
      writeFileSync(join(root, file), contents)
    },
    relative: (path: string) => relative(root, path),
    remove: () => rmSync(root, { recursive: true }),
  }
}
