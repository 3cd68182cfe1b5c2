import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import type { Measured } from '../build/measure.ts'

/** In a process of its own: the build is the one of production, whatever the tests run as. */
const measured = JSON.parse(
  execFileSync(process.execPath, ['--input-type=module', '-e', program()], {
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  }),
) as Measured[]

it.each(measured)('$screen needs $size of at most $limit bytes of JavaScript', ({ size, limit }) => {
  expect(size).toBeGreaterThan(10_000)
  expect(size).toBeLessThanOrEqual(limit)
})

it('has no schema library in any screen, and no Kobalte before sign-in', () => {
  const packages = (screen: string) => measured.find((one) => one.screen === screen)?.packages ?? []
  expect(measured.flatMap((one) => one.packages)).not.toContain('zod')
  expect(packages('dashboard')).toContain('@kobalte/core')
  for (const screen of ['landing', 'pricing', 'sign-in']) expect(packages(screen)).not.toContain('@kobalte/core')
})

function program(): string {
  const module = JSON.stringify(new URL('../build/measure.ts', import.meta.url).href)
  return `import { measure } from ${module}; process.stdout.write(JSON.stringify(await measure()))`
}
