import { existsSync } from 'node:fs'
import { readFile, realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Plugin } from 'esbuild'

/** zod's messages in fifty languages weigh 400 KB; the kernel's are English, and zod loads those by itself. */
export const onlyEnglish: Plugin = {
  name: 'only-english',
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: 'export {}' }))
  },
}

const module = /[\\/]packages[\\/](?<name>[^\\/]+)[\\/]module[\\/]src[\\/][^\\/]+\.ts$/
const folder = /new URL\('(?<path>\.\.?\/[^']+)', import\.meta\.url\)/g

/**
 * A module names its folders (its migrations) from the file that it is written in. Inside a bundle they lie beside
 * the bundle, by module: `../migrations` of users is `./migrations/users`.
 */
export function foldersAlong() {
  /** From the place beside the bundle to the folder in the sources. */
  const folders = new Map<string, string>()
  const plugin: Plugin = {
    name: 'folders-along',
    setup(build) {
      build.onLoad({ filter: module }, async ({ path: file }) => {
        const owner = module.exec(file)?.groups?.name ?? ''
        const contents = (await readFile(file, 'utf8')).replace(folder, (_, path: string) => {
          const target = `${basename(path)}/${owner}`
          folders.set(target, resolve(dirname(file), path))
          return `new URL('./${target}', import.meta.url)`
        })
        return { contents, loader: 'ts' }
      })
    },
  }
  return { plugin, folders }
}

/** Packages that load their native part by a name which they make at run time, so that it cannot be found by reading. */
const native = /^sharp$/

/**
 * The native parts of such packages are packages of their own, one for each platform, of which an install brings those
 * for the one it is on. They lie beside the bundle as they are: a library of theirs looks for another by its path.
 */
export function nativeAlong() {
  /** From the place beside the bundle to the installed package. */
  const packages = new Map<string, string>()
  const plugin: Plugin = {
    name: 'native-along',
    setup(build) {
      build.onResolve({ filter: native }, async ({ path: name, pluginData, ...from }) => {
        if (pluginData === native) return undefined
        const found = await build.resolve(name, { ...from, pluginData: native })
        const home = findPackage(name, dirname(found.path))
        const { optionalDependencies = {} } = JSON.parse(await readFile(join(home ?? '', 'package.json'), 'utf8')) as {
          optionalDependencies?: Record<string, string>
        }
        const parts = Object.keys(optionalDependencies)
          .map((part) => [part, findPackage(part, home ?? '')] as const)
          .filter((part): part is [string, string] => part[1] !== undefined)
        if (parts.length === 0) throw new Error(`${name} is not installed for this platform`)
        for (const [part, at] of parts) packages.set(join('node_modules', part), await realpath(at))
        return found
      })
    },
  }
  return { plugin, packages }
}

/** As Node looks for it: in `node_modules` of this folder and of all above. */
function findPackage(name: string, from: string): string | undefined {
  const here = join(from, 'node_modules', name)
  if (existsSync(join(here, 'package.json'))) return here
  return dirname(from) === from ? undefined : findPackage(name, dirname(from))
}
