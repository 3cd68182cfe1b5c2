import { pino, type Logger as PinoLogger } from 'pino'

export type Logger = PinoLogger

const secrets = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'token',
  'accessToken',
  'refreshToken',
  'access_token',
  'refresh_token',
  'client_secret',
]

/** JSON lines on standard output. Fields with a secret's name are cut out, down to the second level. */
export function createLogger(level: string, service: string): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: secrets.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
      censor: '[redacted]',
    },
  })
}

export interface ErrorDescription {
  error: string
  stack?: string
  cause?: ErrorDescription
}

/** An error for logs and tables. Of a failed query its SQL is told, never its parameters: they are people's data. */
export function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) return { error: String(error) }
  const message = 'query' in error && 'params' in error ? `Failed query: ${String(error.query)}` : error.message
  const frames = error.stack
    ?.split('\n')
    .filter((line) => line.startsWith('    at '))
    .join('\n')
  return {
    error: message,
    ...(frames && { stack: frames }),
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  }
}

/** The same on one line: the message and those of its causes. */
export function summarizeError(error: unknown): string {
  const { error: message, cause } = describeError(error)
  return cause ? `${message}: ${summarize(cause)}` : message
}

function summarize({ error, cause }: ErrorDescription): string {
  return cause ? `${error}: ${summarize(cause)}` : error
}
