import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Module } from '@lightpress/kernel'
import { isEventDefinition, type Contract, type EventDefinition } from '@lightpress/protocol'

export const workspace = join(import.meta.dirname, '../../..')

export interface DeclaredContract {
  folder: string
  contract: Contract
  events: EventDefinition[]
}

/** Every contract of the workspace with the events that it exports, by name. */
export async function readContracts(root = workspace): Promise<DeclaredContract[]> {
  const files = globSync('packages/*/contract/src/index.ts', { cwd: root }).sort()
  return Promise.all(
    files.map(async (file) => {
      const exported = Object.values(await load(join(root, file)))
      const contract = exported.find(isContract)
      if (!contract) throw new TypeError(`${file} exports no contract`)
      return { folder: join(root, dirname(dirname(file))), contract, events: exported.filter(isEventDefinition) }
    }),
  )
}

/** Every module of the workspace, by the name of its package. */
export async function readModules(root = workspace): Promise<Map<string, Module>> {
  const files = globSync('packages/*/module/src/index.ts', { cwd: root }).sort()
  const named = files.map(async (file) => {
    const module = Object.values(await load(join(root, file))).find(isModule)
    if (!module) throw new TypeError(`${file} exports no module`)
    const { name } = JSON.parse(readFileSync(join(root, file, '../../package.json'), 'utf8')) as { name: string }
    return [name, module] as const
  })
  return new Map(await Promise.all(named))
}

/** The packages that each app imports: what runs there. */
export function readDeployments(root = workspace): Map<string, string[]> {
  return new Map(
    globSync('apps/*/src/main.ts', { cwd: root })
      .sort()
      .map((file) => {
        const source = readFileSync(join(root, file), 'utf8')
        return [file.split('/')[1] ?? file, [...source.matchAll(/from '(@[^']+)'/g)].map(([, name = '']) => name)]
      }),
  )
}

/** The pnpm that a workspace names, as `npx` takes it: `pnpm@10.34.8`. */
export function packageManagerOf(root = workspace): string {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { packageManager: string }
  return packageManager
}

async function load(file: string): Promise<Record<string, unknown>> {
  return (await import(pathToFileURL(file).href)) as Record<string, unknown>
}

function isContract(value: unknown): value is Contract {
  return typeof value === 'object' && value !== null && 'operations' in value && 'reasons' in value
}

function isModule(value: unknown): value is Module {
  return typeof value === 'object' && value !== null && 'contract' in value && 'handlers' in value
}
