import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
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

describe.runIf(requires('redis-server'))('a private Redis', () => {
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
