import { globSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { defineConfig } from 'vitest/config'

// Since Vitest 4 a workspace file is an ordinary config: run with `--config vitest.workspace.ts`.
const projects = globSync('{apps,packages,tools,infra}/**/package.json', { exclude: ['**/node_modules'] })
  .map((file) => dirname(file))
  .filter((root) => globSync(`${root}/test/**/*.test.{ts,tsx}`).length > 0)

export default defineConfig({
  test: {
    // One PostgreSQL, and one folder, for every project of a run.
    globalSetup: ['./tools/local/src/test-postgres.ts', './tools/local/src/test-folder.ts'],
    // Most of these tests wait for processes, timers and the network more than they compute.
    maxWorkers: 4,
    projects: projects.map((root) => ({
      root,
      test: {
        name: (JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { name: string }).name,
        include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
        // For what hangs, and nothing else: a machine that does other things is slow, and no test says how fast it is.
        testTimeout: 120_000,
        hookTimeout: 180_000,
        // What comes by itself comes late on a machine that is busy.
        expect: { poll: { timeout: 60_000 } },
      },
    })),
  },
})
