import { createReadStream, createWriteStream } from 'node:fs'
import { access, constants, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ConfigError, newId } from '@lightpress/kernel'
import type { DerivedKey } from '../derived-key.ts'
import { checkName, type SignedPut, type Storage } from './storage.ts'

export interface DiskOptions {
  folder: string
  /** What the addresses to put something at are signed with. */
  key: DerivedKey
}

/**
 * A folder of this machine, or one that all processes of users share. What is being written lies in `partial` until it
 * is whole, so that a process that is killed leaves no half of a file.
 */
export function createDisk({ folder, key }: DiskOptions): Storage {
  const partial = join(folder, 'partial')
  const pathOf = (name: string) => join(folder, checkName(name))

  function whatIsSigned(name: string, { contentType, size, expiresAt }: SignedPut): string {
    return ['PUT', checkName(name), contentType, size, expiresAt.getTime()].join('\n')
  }

  return {
    async check() {
      try {
        await mkdir(partial, { recursive: true })
        for (const place of [folder, partial]) await access(place, constants.R_OK | constants.W_OK | constants.X_OK)
      } catch (error) {
        throw new ConfigError(
          `STORAGE_URL names the folder ${folder}, in which this process cannot write: ${(error as Error).message}`,
        )
      }
    },

    async put(name, content) {
      const path = pathOf(name)
      const unfinished = join(partial, `${name}.${newId()}`)
      try {
        await mkdir(partial, { recursive: true })
        const source = content instanceof Readable ? content : Readable.from([content])
        await pipeline(source, createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true }))
        await rename(unfinished, path)
      } catch (error) {
        await rm(unfinished, { force: true })
        throw error
      }
    },

    async read(name) {
      const path = pathOf(name)
      const found = await orNull(stat(path))
      // Nothing is ever written into a file that is there, so what is read is as long as that.
      return found && { body: createReadStream(path), size: found.size }
    },

    async size(name) {
      const found = await orNull(stat(pathOf(name)))
      return found && found.size
    },

    async remove(name) {
      await rm(pathOf(name), { force: true })
      const unfinished = ((await orNull(readdir(partial))) ?? []).filter((file) => file.startsWith(`${name}.`))
      for (const file of unfinished) await rm(join(partial, file), { force: true })
    },

    async signPut(name, put) {
      const [id = ''] = name.split('.')
      const signature = key.mac(whatIsSigned(name, put))
      const query = new URLSearchParams({ expires: String(put.expiresAt.getTime()), signature })
      return { url: `/v1/users/uploads/${id}?${query.toString()}`, headers: { 'content-type': put.contentType } }
    },

    isSigned(name, { signature, ...put }) {
      return key.isMac(signature, whatIsSigned(name, put))
    },

    async signGet() {
      return null
    },
  }
}

async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
