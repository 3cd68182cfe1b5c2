import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { requires, startRedis } from '../src/index.ts'

it('is undefined where redis-server is not installed', async () => {
  const { PATH } = process.env
  process.env.PATH = '/nowhere'
  try {
    expect(await startRedis()).toBeUndefined()
  } finally {
    process.env.PATH = PATH
  }
})

it('says how redis-server ended, whether by itself or killed, and leaves neither folder nor guard', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lightpress-redis-test-'))
  const { PATH, TMPDIR } = process.env
  // In the place of Redis: a program that ends before it answers.
  process.env.PATH = `${folder}:${PATH}`
  process.env.TMPDIR = join(folder, 'tmp')
  mkdirSync(process.env.TMPDIR)
  const endings = [
    ['exit 3', 'code 3'],
    ['kill -KILL $$', 'SIGKILL'],
  ] as const
  try {
    for (const [script, end] of endings) {
      writeFileSync(join(folder, 'redis-server'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
      await expect(startRedis()).rejects.toThrow(`redis-server ended at once (${end})`)
    }
    expect(readdirSync(process.env.TMPDIR)).toEqual([])
    await expect.poll(guards, { timeout: 5_000 }).toEqual([])
  } finally {
    Object.assign(process.env, { PATH, TMPDIR })
    if (TMPDIR === undefined) delete process.env.TMPDIR
    rmSync(folder, { recursive: true, force: true })
  }

  /** The processes that would clean up below the folder. */
  function guards(): string[] {
    return execFileSync('ps', ['-eo', 'args='], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes('guard-process.ts') && line.includes(folder))
  }
})

describe.runIf(requires('redis-server'))('a private Redis', () => {
  it('tells of a crash, and of nothing when it is stopped', async () => {
    const crashes: string[] = []
    const onCrash = (end: string) => crashes.push(end)
    const first = await startRedis({ onCrash })
    process.kill(first?.pid ?? 0, 'SIGKILL')
    await expect.poll(() => crashes, { timeout: 5_000 }).toEqual(['SIGKILL'])
    const second = await startRedis({ onCrash, ...(first && { port: first.port }) })
    await second?.stop()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(crashes).toEqual(['SIGKILL'])
  })

  it('never evicts, and forgets everything when it stops', async () => {
    const first = await startRedis()
    if (!first) throw new Error('redis-server did not start')
    expect(await command(first.port, 'CONFIG GET maxmemory-policy')).toContain('noeviction')
    await command(first.port, 'SET kept yes')
    await first.stop()
    const second = await startRedis({ port: first.port })
    expect(await command(first.port, 'GET kept')).toBe('$-1')
    await second?.stop()
  })

  it('keeps every write when it is given a folder, SIGKILL or not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lightpress-redis-test-'))
    const dir = join(folder, 'redis')
    const first = await startRedis({ dir })
    if (!first) throw new Error('redis-server did not start')
    await command(first.port, 'SET kept yes')
    process.kill(first.pid, 'SIGKILL')
    await first.stop()
    const second = await startRedis({ dir })
    expect(await command(second?.port ?? 0, 'GET kept')).toContain('yes')
    await second?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
})

async function command(port: number, line: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`${line}\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return answer.toString().trim()
}
