import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'

/** drizzle-kit says that something is wrong and ends with 0. */
const WRONG = /\b(?:error|warning|collision|malformed|unsupported|not of the latest version)\b/i

/**
 * What drizzle-kit has against a module's migrations: whether its snapshots follow each other, and whether it would make
 * another migration of `schema.ts` as it is, because somebody forgot to.
 */
export async function findDrizzleProblems(root: string, module: string): Promise<string[]> {
  const folder = join(root, 'packages', module, 'module')
  const scratch = mkdtempSync(join(tmpdir(), `lightpress-drizzle-${module}-`))
  try {
    const out = join(scratch, 'migrations')
    cpSync(join(folder, 'migrations'), out, { recursive: true })
    const config = await configFor(folder, { scratch, out })
    const before = readdirSync(out, { recursive: true }).length

    const checked = await drizzleKit(folder, ['check', `--config=${config}`])
    const generated = await drizzleKit(folder, ['generate', `--config=${config}`, '--name=forgotten'])
    const made = readdirSync(out, { recursive: true }).length - before
    return [
      ...wrongIn(checked, "Everything's fine").map((said) => `${module}: drizzle-kit check says: ${said}`),
      ...(made > 0
        ? [
            `${module}: schema.ts is not what its migrations make: run drizzle-kit generate in packages/${module}/module.`,
          ]
        : wrongIn(generated, 'No schema changes').map((said) => `${module}: drizzle-kit generate says: ${said}`)),
    ]
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

/** The module's own, with the copy in place of its folder. drizzle-kit takes relative paths alone. */
async function configFor(folder: string, { scratch, out }: { scratch: string; out: string }): Promise<string> {
  const { default: own } = (await import(pathToFileURL(join(folder, 'drizzle.config.ts')).href)) as { default: object }
  const file = join(scratch, 'drizzle.config.json')
  writeFileSync(file, JSON.stringify({ ...own, out: relative(folder, out) }))
  return relative(folder, file)
}

function wrongIn({ code, output }: { code: number | null; output: string }, fine: string): string[] {
  return code === 0 && output.includes(fine) && !WRONG.test(output)
    ? []
    : [output.trim() || `nothing, and ended with ${code}`]
}

async function drizzleKit(folder: string, args: readonly string[]) {
  const program = createRequire(join(folder, 'package.json')).resolve('drizzle-kit')
  // Where it would ask whether something was renamed, nobody answers.
  const child = spawn(process.execPath, [join(dirname(program), 'bin.cjs'), ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
  })
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  const [out, said, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, output: `${out}${said}` }
}
