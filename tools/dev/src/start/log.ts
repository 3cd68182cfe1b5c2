import { styleText } from 'node:util'
import { isColorSupported, prettyFactory } from 'pino-pretty'

export interface Log {
  /** A line of the supervisor's own. */
  say(text: string): void
  /** As it is, without a label. */
  show(text: string): void
  /** What went wrong, in the supervisor's own words. */
  warn(text: string): void
  /** Takes the output of one part, line by line. */
  from(source: string): (line: string) => void
}

const COLORS = ['cyan', 'magenta', 'blue', 'yellow', 'green'] as const
const WIDTH = 13

/** One log for all parts: time, who says it, what. JSON lines are made readable, everything else stays as it is. */
export function createLog(write: (text: string) => void = (text) => process.stdout.write(text)): Log {
  const sources: string[] = []
  // A terminal that was closed must not keep us from stopping in order.
  process.stdout.on('error', () => {})
  const pretty = prettyFactory({
    colorize: isColorSupported,
    singleLine: true,
    hideObject: false,
    ignore: HIDDEN,
    translateTime: 'SYS:HH:MM:ss',
  })

  function print(source: string, text: string): void {
    if (!sources.includes(source)) sources.push(source)
    const label = styleText(COLORS[sources.indexOf(source) % COLORS.length] ?? 'cyan', source.padEnd(WIDTH))
    for (const line of text.trimEnd().split('\n')) write(`${label} ${line}\n`)
  }

  return {
    say: (text) => print('lightpress', text),
    show: (text) => write(`${text}\n`),
    warn: (text) => print('lightpress', styleText('red', text)),
    from: (source) => (line) => {
      const record = parseRecord(line)
      if (record && isNoise(record)) return
      if (record || line.trim()) print(source, record ? pretty(shorten(record)) : line)
    },
  }
}

/** The same for every line of a service, or of no use to a person. */
const HIDDEN = 'pid,hostname,service,requestId,reqId,traceId'

type LogRecord = Record<string, unknown>

function parseRecord(line: string): LogRecord | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const record = JSON.parse(line) as LogRecord
    return typeof record.level === 'number' ? record : undefined
  } catch {
    return undefined
  }
}

/** What processes say among themselves every second, and what Fastify says before we say it better. */
function isNoise({ msg, route, status }: LogRecord): boolean {
  const internal = msg === 'request' && String(route).startsWith('/internal/') && Number(status) < 400
  return internal || String(msg).startsWith('Server listening at ')
}

/** A request is one short line; its path says which module it is for. */
function shorten(record: LogRecord): LogRecord {
  const { method, route, status, ms, module: _, ...rest } = record
  return record.msg === 'request' ? { ...rest, msg: [method, route, status, ms, 'ms'].join(' ') } : record
}
