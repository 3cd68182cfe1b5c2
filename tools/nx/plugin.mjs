import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Infers every project's targets from what its folder holds, so that no project repeats them:
 * a tsconfig.json is type-checked, a test folder is tested, a Dockerfile or a vite.config.ts is built.
 */
export const createNodesV2 = [
  '{apps,packages,tools,infra}/**/package.json',
  (files, _options, context) =>
    files
      .filter((file) => !file.includes('node_modules'))
      .map((file) => [file, { projects: { [dirname(file)]: project(context.workspaceRoot, dirname(file)) } }]),
]

function project(workspaceRoot, root) {
  const { name } = JSON.parse(readFileSync(join(workspaceRoot, root, 'package.json'), 'utf8'))
  const has = (file) => existsSync(join(workspaceRoot, root, file))
  const run = (command) => ({ executor: 'nx:run-commands', options: { command, cwd: '{workspaceRoot}' } })
  const targets = { lint: run(`eslint --max-warnings 0 ${root}`) }
  if (has('tsconfig.json')) targets.typecheck = run(`tsc --noEmit -p ${root}`)
  if (has('test')) targets.test = run(`vitest run --config vitest.workspace.ts --project ${name}`)
  if (has('vite.config.ts')) targets.build = run(`vite build ${root}`)
  if (has('Dockerfile')) targets.build = run(`node tools/ci/src/bundle.ts ${root}`)
  return { root, targets }
}
