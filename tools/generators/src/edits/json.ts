import type { Edit } from './edit.ts'

type Manifest = Record<string, Record<string, string> | undefined>
type Kind = 'dependencies' | 'devDependencies'

/** That a package lists another one of the workspace, where the alphabet has it. */
export function dependency(name: string, kind: Kind = 'dependencies'): Edit {
  return {
    add: (source) => withDependencies(source, kind, (all) => ({ ...all, [name]: 'workspace:*' })),
    remove: (source) =>
      withDependencies(source, kind, ({ [name]: listed, ...others }) => {
        if (listed === undefined) throw new Error(`does not list ${name}`)
        return others
      }),
  }
}

function withDependencies(source: string, kind: Kind, change: (all: Record<string, string>) => Record<string, string>) {
  const manifest = JSON.parse(source) as Manifest
  const listed = manifest[kind]
  if (!listed) throw new Error(`has no ${kind}`)
  const sorted = Object.entries(change(listed)).sort(([a], [b]) => (a < b ? -1 : 1))
  return `${JSON.stringify({ ...manifest, [kind]: Object.fromEntries(sorted) }, undefined, 2)}\n`
}
