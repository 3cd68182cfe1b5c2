import { spawn, type ChildProcess } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { Failure } from '../deploy/failure.ts'
import { workspace } from '../discover.ts'

/** Added to this process's own environment. */
export type Environment = Readonly<Record<string, string>>

const BUILDKIT = { DOCKER_BUILDKIT: '1', COMPOSE_DOCKER_CLI_BUILD: '1' }
const running = new Set<ChildProcess>()
let interrupted = false

/** Runs a program and shows what it says. Fails when it does, or is missing. */
export async function show(words: readonly string[], env: Environment = {}): Promise<void> {
  await start(words, env, 'inherit').ended
}

/** What a program prints, without the line's end. Fails when it does, with what it said of that. */
export async function ask(words: readonly string[], env: Environment = {}): Promise<string> {
  const { child, ended } = start(words, env, 'pipe')
  const said = child.stderr ? text(child.stderr) : ''
  const [printed] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    ended.catch(async (error: unknown) => {
      throw error instanceof Failure ? new Failure(`${error.message}\n${(await said).trim()}`) : error
    }),
  ])
  return printed.trim()
}

/** `docker compose`, or `docker-compose` where that is what is installed. Fails when there is neither, or no daemon. */
export async function findCompose(): Promise<string[]> {
  await ask(['docker', 'version', '--format', '{{.Server.Version}}']).catch((error: Error) => {
    throw new Failure(`This needs Docker, and a daemon that runs.\n${error.message}`)
  })
  for (const words of [['docker', 'compose'], ['docker-compose']]) {
    const there = await ask([...words, 'version']).then(
      () => true,
      () => false,
    )
    if (there) return words
  }
  throw new Failure('This needs Docker Compose: the plugin of Docker, or docker-compose.')
}

/** Ends what runs and begins nothing more, so that whoever waits goes on to tidy up. */
export function interrupt(): void {
  interrupted = true
  // With what they started themselves: each is the first of a group.
  for (const { pid } of running) if (pid !== undefined) endGroup(pid)
}

function endGroup(first: number): void {
  try {
    process.kill(-first, 'SIGTERM')
  } catch (error) {
    // It has ended by itself, and what it said is still being read.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** For what has to be done after an interruption, too. */
export function goOn(): void {
  interrupted = false
}

function start(words: readonly string[], env: Environment, output: 'inherit' | 'pipe') {
  if (interrupted) throw new Failure('It was interrupted.')
  const [program = '', ...args] = words
  const child = spawn(program, args, {
    cwd: workspace,
    env: { ...process.env, ...BUILDKIT, ...env },
    stdio: ['ignore', output, output],
    // Ctrl-C is for us: what takes down must not be interrupted by it.
    detached: true,
  })
  running.add(child)
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  child.on('error', (error) => reject(new Failure(`${program} could not be run: ${error.message}`)))
  child.on('close', (code, signal) => {
    running.delete(child)
    if (code === 0) resolve()
    else reject(new Failure(`${words.join(' ')}\nended with ${code ?? signal}`))
  })
  return { child, ended }
}
