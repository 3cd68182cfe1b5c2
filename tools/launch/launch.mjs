// The only file that must run on the machine's own Node (20 or newer), before anything is installed.
// It installs what the lock file names when that has changed, puts Node 24 and the workspace's
// binaries first in PATH, and hands over to the real command.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PNPM = 'pnpm@10.34.8'
const NODE_MAJOR = 24
const VITEST = ['vitest', 'run', '--config', 'vitest.workspace.ts']

const commands = {
  start: ['node', 'tools/dev/src/main.ts'],
  'start:split': ['node', 'tools/dev/src/main.ts', '--split'],
  lightpress: ['node', 'tools/dev/src/command.ts'],
  reset: ['node', 'tools/dev/src/reset.ts'],
  test: VITEST,
  e2e: [...VITEST, '--project', '@lightpress/api'],
  lint: ['node', 'tools/ci/src/lint.ts'],
  format: ['prettier', '--write', '.'],
  typecheck: ['nx', 'run-many', '-t', 'typecheck'],
  build: ['nx', 'run-many', '-t', 'build'],
  bench: ['node', 'tools/bench/src/main.ts'],
  faults: ['node', 'tools/faults/src/main.ts'],
  exec: [],
}

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const [name = '', ...args] = process.argv.slice(2)
const command = commands[name]
if (!command) fail(`Unknown command "${name}". Known: ${Object.keys(commands).join(', ')}.`)

installIfNeeded()
run([...command, ...args])

function installIfNeeded() {
  const marker = join(root, 'node_modules', '.lightpress-installed')
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .update(readFileSync(join(root, 'pnpm-workspace.yaml')))
    .update(`${process.platform}-${process.arch}`)
    .digest('hex')
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return
  console.error('Installing the packages named in pnpm-lock.yaml …')
  const install = spawnSync('npx', ['--yes', PNPM, 'install', '--frozen-lockfile', '--prefer-offline'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (install.status !== 0)
    fail('The install failed; its output above says why. Mend that and run the same command again.')
  writeFileSync(marker, wanted)
}

function run([executable, ...rest]) {
  if (!executable) fail('Nothing to run: npm run exec -- <command> [arguments]')
  const node = findNode()
  const child = spawn(executable === 'node' ? node : executable, rest, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: {
      ...process.env,
      PATH: [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
      NX_DAEMON: process.env.NX_DAEMON ?? 'false',
      NX_TUI: process.env.NX_TUI ?? 'false',
    },
  })
  child.on('error', (error) => fail(`Could not run ${executable}: ${error.message}`))
  // Ctrl-C reaches the whole foreground group by itself; what only we receive is passed on.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  endWithParent(child)
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}

/** npm has a shell start us, which ends of a SIGTERM to npm and passes nothing on: its end is ours all the same. */
function endWithParent(child) {
  if (!process.env.npm_lifecycle_event) return
  const parent = process.ppid
  const look = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(look)
    child.kill('SIGTERM')
  }, 1000)
  look.unref()
}

/** The machine's own Node when it is new enough, else the one that came with the install. */
function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return process.execPath
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const program = process.platform === 'win32' ? 'node.exe' : 'node'
  // The registry's packages are not named alike for every platform.
  const candidates = [`node-${platform}`, `node-bin-${platform}`].map((name) =>
    join(root, 'node_modules', name, 'bin', program),
  )
  const node = candidates.find((path) => existsSync(path))
  if (node) return node
  fail(
    `Lightpress runs on Node ${NODE_MAJOR} or newer. This is ${process.version}, and no packaged Node was installed for ${platform}: install Node ${NODE_MAJOR} and run the same command again.`,
  )
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
