import { run } from './run.ts'

// `npm run lint`: every project's ESLint through Nx, then Prettier. Both run, so that one call tells everything.
const eslint = await run('nx', ['run-many', '-t', 'lint'])
// Without a project graph ESLint skips the boundary rule and is content.
const boundariesSkipped = eslint.output.includes('No cached ProjectGraph')
if (boundariesSkipped) console.error('The boundary rule was skipped: ESLint had no project graph. Nothing is proved.')
const prettier = await run('prettier', ['--check', '.'])

process.exitCode = eslint.ok && prettier.ok && !boundariesSkipped ? 0 : 1
