import { readFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
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
