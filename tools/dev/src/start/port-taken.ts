import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { SetupError } from '@lightpress/local'

/** Says which port is taken, by whom if the system tells, and how to choose another. */
export async function portTaken(port: number, command: string): Promise<SetupError> {
  const holder = await whoListens(port)
  return new SetupError(
    `Port ${port} is taken${holder === undefined ? '' : ` by ${holder}`}. ` +
      `End that program, or choose another port: PORT=${port === 65_535 ? port - 1 : port + 1} ${command}`,
  )
}

async function whoListens(port: number): Promise<string | undefined> {
  const asked = await Promise.allSettled([
    promisify(execFile)('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']),
    promisify(execFile)('ss', ['-Hltnp', `sport = :${port}`]),
  ])
  const [lsof = '', ss = ''] = asked.map((answer) => (answer.status === 'fulfilled' ? answer.value.stdout : ''))
  const [, pid, name] = /p(\d+)\nc(.+)/.exec(lsof) ?? []
  if (pid && name) return `${name} (process ${pid})`
  const [, program, process] = /\(\("([^"]+)",pid=(\d+)/.exec(ss) ?? []
  return program && process ? `${program} (process ${process})` : undefined
}
