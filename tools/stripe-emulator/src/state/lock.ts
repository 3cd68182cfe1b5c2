import { randomUUID } from 'node:crypto'
import { mkdir, readFile, readlink, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds after which a lock is touched again, and after which one that nobody has touched is left over. */
const touchedEach = 2_000
const leftOverAfter = 15_000

export interface Lock {
  /** Throws if another stand-in has taken this one for gone, because it stood still for long. */
  check(): Promise<void>
  release(): Promise<void>
}

/** What is written into a lock. */
interface Holder {
  pid: number
  host: string
  /** Within which `pid` names a process: of containers, each has a process 1. */
  pids: string
  id: string
}

/** A lock as it was found. */
interface Sighting {
  text: string
  touched: number
}

/** The locks of this process. */
const held = new Set<string>()

/**
 * Keeps every other stand-in off a file, also one in another container with the same folder, until it is released or its
 * holder is gone. Where the holder's process cannot be looked for, it is gone when it touches its lock no more.
 */
export async function lock(file: string, log: (message: string) => void): Promise<Lock> {
  const path = `${resolve(file)}.lock`
  const own: Holder = { pid: process.pid, host: hostname(), pids: await pidNamespace(), id: randomUUID() }
  const text = JSON.stringify(own)
  await mkdir(dirname(path), { recursive: true })
  await acquire(path, { file, own, text, log })
  held.add(path)
  const touching = setInterval(() => void touch(path, text), touchedEach).unref()
  return {
    async check() {
      const seen = await look(path)
      if (seen && seen.text !== text) throw inUse(file, seen)
    },
    async release() {
      clearInterval(touching)
      held.delete(path)
      if ((await look(path))?.text === text) await rm(path, { force: true })
    },
  }
}

interface Wanted {
  file: string
  own: Holder
  text: string
  log(message: string): void
}

async function acquire(path: string, { file, own, text, log }: Wanted): Promise<void> {
  const began = performance.now()
  let first: Sighting | undefined
  while (!(await take(path, text))) {
    const seen = await look(path)
    if (!seen) continue
    if (held.has(path) || isAnother(seen, first ?? seen)) throw inUse(file, seen)
    if (isGone(seen, own) || performance.now() - began > leftOverAfter) {
      await remove(path, seen)
      continue
    }
    if (!first) log(`${inUse(file, seen).message}; waiting to see whether that still runs`)
    first = seen
    await sleep(100)
  }
}

async function take(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

async function look(path: string): Promise<Sighting | undefined> {
  try {
    const { mtimeMs: touched } = await stat(path)
    return { text: await readFile(path, 'utf8'), touched }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Touched since, or another's. */
function isAnother(seen: Sighting, before: Sighting): boolean {
  return seen.text !== before.text || seen.touched !== before.touched
}

function isGone(seen: Sighting, own: Holder): boolean {
  if (Date.now() - seen.touched > leftOverAfter) return true
  const holder = holderOf(seen)
  if (holder?.host !== own.host || holder.pids !== own.pids) return false
  // Whoever held it under this process's number is no more.
  return holder.pid === undefined || holder.pid === own.pid || !isAlive(holder.pid)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** Takes away what is left over; if another was faster and it is theirs by now, they get it back. */
async function remove(path: string, leftOver: Sighting): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  const moved = await look(aside)
  if (moved && isAnother(moved, leftOver)) await rename(aside, path)
  else await rm(aside, { force: true })
}

/** If it is gone, or another's, that is for `check` to find. */
async function touch(path: string, text: string): Promise<void> {
  const now = new Date()
  try {
    if ((await look(path))?.text === text) await utimes(path, now, now)
  } catch {
    return
  }
}

/** A killed process, or a full disk, may leave an empty one. */
function holderOf({ text }: Sighting): Partial<Holder> | null {
  try {
    return JSON.parse(text) as Partial<Holder> | null
  } catch {
    return null
  }
}

/** Only Linux has them, and containers. */
async function pidNamespace(): Promise<string> {
  return await readlink('/proc/self/ns/pid').catch(() => '')
}

function inUse(file: string, seen: Sighting): Error {
  const { pid, host } = holderOf(seen) ?? {}
  const holder = pid === undefined ? 'another process' : `process ${pid} on ${host ?? 'another machine'}`
  return new Error(`${file} is in use by ${holder}, and is for one stand-in alone`)
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}
