import { readFile, writeFile } from 'node:fs/promises'
import { dirname, relative, resolve, sep } from 'node:path'

/**
 * What a bundle tells of the files that it was made from, as they are called in the repository: `packages/kernel/src/…`,
 * and of an installed package `node_modules/zod/…`. A stack trace then reads alike on every machine, and neither where
 * the repository lies nor how its packages are linked is in the bytes.
 */
export async function nameSources(script: string, workspace: string): Promise<void> {
  const nameOf = (file: string) => {
    const path = file.split(sep).join('/')
    const installed = path.lastIndexOf('/node_modules/')
    return installed === -1 ? relative(workspace, file).split(sep).join('/') : path.slice(installed + 1)
  }
  const map = JSON.parse(await readFile(`${script}.map`, 'utf8')) as { sources: string[] }
  const sources = map.sources.map((source) => nameOf(resolve(dirname(script), source)))
  await writeFile(`${script}.map`, JSON.stringify({ ...map, sources }))
}
