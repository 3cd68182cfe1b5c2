import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { isAlive, killProcess } from '@lightpress/local'
import { expect, it } from 'vitest'

const launcher = fileURLToPath(new URL('../../launch/launch.mjs', import.meta.url))

it('what the launcher runs ends with the shell that npm has put before it, which passes no signal on', async () => {
  const [node, program] = [JSON.stringify(process.execPath), 'console.log(process.pid); setInterval(() => {}, 1000)']
  const line = `${node} ${JSON.stringify(launcher)} exec ${node} -e '${program}'; true`
  const shell = spawn('sh', ['-c', line], {
    env: { ...process.env, npm_lifecycle_event: 'exec' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  // Where nobody has started the launcher before, it says first what it installs.
  let said = ''
  while (!/^\d+$/m.test(said)) said += String(await once(shell.stdout, 'data'))
  const pid = Number(/^\d+$/m.exec(said)?.[0])
  try {
    expect(isAlive(pid)).toBe(true)
    shell.kill('SIGTERM')
    await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false)
  } finally {
    if (isAlive(pid)) killProcess(pid, 'SIGKILL')
  }
})
