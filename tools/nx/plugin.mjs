import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const run = (command) => ({ executor: 'nx:run-commands', options: { command, cwd: '{workspaceRoot}' } })
const lint = (paths) => run(`eslint --max-warnings 0 --no-error-on-unmatched-pattern ${paths}`)

/**
 * Infers every project's targets from what its folder holds, so that no project repeats them: all are linted,
 * a tsconfig.json is type-checked, a test folder is tested, a Dockerfile or a vite.config.ts is built.
 */
export const createNodesV2 = [
  '{package.json,{apps,packages,tools,infra}/**/package.json}',
  (files, _options, { workspaceRoot }) =>
    files
      .filter((file) => !/(^|\/)(node_modules|dist)\//.test(file))
      .map((file) => [file, { projects: { [dirname(file)]: project(workspaceRoot, dirname(file)) } }]),
]

function project(workspaceRoot, root) {
  const { name } = JSON.parse(readFileSync(join(workspaceRoot, root, 'package.json'), 'utf8'))
  // The workspace itself: the few files that belong to no package.
  if (root === '.')
    return {
      root,
      name,
      tags: ['type:tool'],
      targets: { lint: lint('eslint.config.mjs vitest.workspace.ts tools/nx .ci') },
    }
  const has = (file) => existsSync(join(workspaceRoot, root, file))
  const targets = { lint: lint(root) }
  if (has('tsconfig.json')) targets.typecheck = run(`tsc --noEmit -p ${root}`)
  if (has('test')) targets.test = run(`vitest run --config vitest.workspace.ts --project ${name}`)
  if (has('vite.config.ts')) targets.build = run(`vite build ${root}`)
  if (has('Dockerfile')) targets.build = run(`node tools/ci/src/bundle.ts ${root}`)
  return { root, targets }
}
