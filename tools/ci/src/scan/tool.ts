import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { workspace } from '../discover.ts'

/** What a scanner found and this house stops at: CRITICAL or HIGH. */
export interface Finding {
  /** The advisory, or the scanner's own fingerprint: what an exception names. */
  id: string
  severity: 'CRITICAL' | 'HIGH'
  /** The package, image or file. */
  where: string
  title: string
}

export class ToolMissing extends Error {
  override readonly name = 'ToolMissing'
}

export function describeFinding({ id, severity, where, title }: Finding): string {
  return `${severity} ${id} in ${where}: ${title}`
}

/** Of any tool's word for it; undefined is less than what we stop at. */
export function severityOf(word: string): Finding['severity'] | undefined {
  const severity = word.toUpperCase()
  return severity === 'CRITICAL' || severity === 'HIGH' ? severity : undefined
}

/** Runs a scanner that writes its report, in JSON, to its output. */
export async function capture(program: string, args: readonly string[]) {
  const child = spawn(program, args, { cwd: workspace, stdio: ['ignore', 'pipe', 'pipe'] })
  const { promise: ended, resolve, reject } = Promise.withResolvers<number | string>()
  child.on('close', (code, signal) => resolve(code ?? String(signal)))
  child.on('error', (error: NodeJS.ErrnoException) =>
    reject(error.code === 'ENOENT' ? new ToolMissing(`${program} is not installed.`) : error),
  )
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, output, errors }
}

/** The report, or the reason why it is none: a scanner that fell over has found nothing, which proves nothing. */
export function parseReport(program: string, { code, output, errors }: Awaited<ReturnType<typeof capture>>): unknown {
  try {
    return JSON.parse(output)
  } catch {
    const said = (errors || output).trim().slice(-2_000)
    throw new Error(`${program} ended with ${code} and wrote no report.${said && `\n${said}`}`)
  }
}
