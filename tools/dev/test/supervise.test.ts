import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isAlive } from '@lightpress/local'
import { startChild } from '../src/run/child.ts'
import type { Child } from '../src/run/child.ts'
import { runToEnd } from '../src/run/run-to-end.ts'
import { supervise } from '../src/run/supervise.ts'

let folder: string
let lines: string[]
let children: Child[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lightpress-run-'))
  lines = []
  children = []
})

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  await Promise.all(children.map((child) => child.exited))
  rmSync(folder, { recursive: true, force: true })
})

function run(program: string, onLine: (line: string) => void = (line) => lines.push(line)): Child {
  const script = join(folder, 'program.mjs')
  writeFileSync(script, program)
  const child = startChild({ script, cwd: folder, env: process.env, onLine })
  children.push(child)
  return child
}

describe('a process of ours', () => {
  it('is heard line by line, on both outputs, up to its end', async () => {
    const child = run(`console.log('one'); console.error('two'); process.stdout.write('half'); process.exitCode = 3`)
    expect(await child.exited).toEqual({ code: 3, signal: null })
    expect(lines.toSorted()).toEqual(['half', 'one', 'two'])
  })

  it('is asked to end before it is made to', async () => {
    const child = run(
      `process.on('SIGTERM', () => { console.log('drained'); process.exit(0) }); setInterval(() => {}, 1000); console.log('up')`,
    )
    await expect.poll(() => lines).toContain('up')
    await child.stop()
    expect(lines).toContain('drained')
  })

  it('ends when whoever started it is killed', async () => {
    const grandchild = join(folder, 'grandchild.mjs')
    writeFileSync(grandchild, 'setInterval(() => {}, 1000)')
    const parent = run(`
      const { startChild } = await import(${JSON.stringify(new URL('../src/run/child.ts', import.meta.url).href)})
      const child = startChild({ script: ${JSON.stringify(grandchild)}, cwd: '.', env: process.env, onLine: () => {} })
      console.log(child.pid)`)
    await expect.poll(() => lines.length).toBe(1)
    const pid = Number(lines[0])
    expect(isAlive(pid)).toBe(true)
    parent.kill('SIGKILL')
    await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false)
  })

  it('runs to its end, or its failure tells what it said', async () => {
    writeFileSync(join(folder, 'good.mjs'), '')
    writeFileSync(join(folder, 'bad.mjs'), `console.error('no such table'); process.exit(1)`)
    const options = { cwd: folder, env: process.env }
    await runToEnd('The first', { ...options, script: join(folder, 'good.mjs') })
    await expect(runToEnd('The second', { ...options, script: join(folder, 'bad.mjs') })).rejects.toThrow(
      'The second failed (code 1).\nno such table',
    )
  })
})

describe('a supervised process', () => {
  it('is started again when it ends unasked, more slowly each time', async () => {
    const delays: number[] = []
    const supervised = supervise({
      start: () => run('process.exit(7)'),
      onCrash: ({ code }, delay) => delays.push(code === 7 ? delay : -1),
    })
    await expect.poll(() => delays, { timeout: 10_000 }).toEqual([500, 1_000, 2_000])
    await supervised.stop()
    expect(children).toHaveLength(3)
  })

  it('is renewed without being called crashed, once for two requests at a time', async () => {
    let crashes = 0
    const supervised = supervise({
      start: () => run(`console.log('up'); setInterval(() => {}, 1000)`),
      onCrash: () => crashes++,
    })
    await expect.poll(() => lines).toHaveLength(1)
    await Promise.all([supervised.restart(), supervised.restart()])
    await expect.poll(() => lines).toHaveLength(2)
    await supervised.stop()
    expect([crashes, children.length]).toEqual([0, 2])
  })

  it('is renewed at once while it waits after a crash', async () => {
    const programs = ['process.exit(1)', `console.log('mended'); setInterval(() => {}, 1000)`]
    const crashed = Promise.withResolvers<void>()
    const supervised = supervise({
      start: () => run(programs.shift() ?? 'process.exit(2)'),
      onCrash: () => crashed.resolve(),
    })
    await crashed.promise
    await supervised.restart()
    // It is there already, whenever it comes to say something.
    expect(children).toHaveLength(2)
    await expect.poll(() => lines, { timeout: 10_000 }).toEqual(['mended'])
    await new Promise((resolve) => setTimeout(resolve, 700))
    await supervised.stop()
    expect(children).toHaveLength(2)
  })
})
