import { createHash, type Hash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { bundle } from './bundle.ts'

/**
 * SHA-256, in hex, of what a bundle's folder ships: the path and the bytes of each file, migrations included, and of
 * nothing else. Neither times nor owners nor the folder's own place change it, so a service whose hash is the deployed
 * one need not be deployed again. An image's digest cannot say that: its layers carry times.
 */
export async function hashOf(folder: string): Promise<string> {
  const files = await filesOf(folder)
  if (files.length === 0) throw new Error(`There is nothing in ${folder}: bundle the app first.`)
  const hash = createHash('sha256')
  for (const file of files) {
    // With its length before each part, so that no two bundles come to the same bytes.
    addPart(hash, Buffer.from(file))
    addPart(hash, await readFile(join(folder, file)))
  }
  return hash.digest('hex')
}

function addPart(hash: Hash, part: Buffer) {
  hash.update(`${part.length}:`).update(part)
}

/** By their paths as a container has them, in the order of their characters: a folder's own order is the disk's. */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => {
      const path = relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/')
      if (!entry.isFile()) throw new Error(`${path} in ${folder} is no file: a bundle holds all that it ships.`)
      return path
    })
    .sort((a, b) => (a < b ? -1 : 1))
}

if (import.meta.main) {
  const apps = process.argv.slice(2)
  if (apps.length === 0) {
    console.error('Of which apps? node tools/ci/src/bundle-hash.ts apps/<name> …')
    process.exit(1)
  }
  for (const app of apps) console.log(`${await hashOf((await bundle(resolve(app))).folder)}  ${app}`)
}
