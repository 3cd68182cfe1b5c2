import { isIP } from 'node:net'
import { Agent, buildConnector, request, type Dispatcher } from 'undici'
import { parseRetryAfter } from './retries.ts'
import { RefusedTarget, type WebhookTargets } from './targets.ts'

/** Milliseconds: for an attempt in all, for a connection within it, and for the answer's body after its status. */
export const ATTEMPT_TIME = 15_000
const CONNECT_TIME = 5_000
const BODY_TIME = 3_000

/** Bytes of an answer that are kept. What is more is not read. */
const KEPT = 4_096
const KEPT_HEADERS = 30
const KEPT_HEADER = 500

export interface Sending {
  url: string
  headers: Record<string, string>
  body: string
  /** Milliseconds in all. */
  time?: number
}

/** What came of one attempt. */
export interface Answer {
  at: Date
  durationMs: number
  /** Null when no answer came; then `error` says why, in words for whoever set the endpoint up. */
  status: number | null
  headers: Record<string, string>
  body: string
  truncated: boolean
  error: string | null
  /** Milliseconds that the answer asks us to wait. */
  retryAfter: number | null
}

/**
 * Posts to customers' servers: nothing that they do may hurt us. Connections go to addresses that were checked, last for as
 * long as an attempt may, and carry back a few kilobytes at most. Redirects are answers like others: where they lead was
 * not checked, and a signed body is for nobody else.
 */
export function createSender(targets: WebhookTargets) {
  const connect = buildConnector({ lookup: targets.lookup, timeout: CONNECT_TIME, allowH2: false })
  const agent = new Agent({
    connect: (options, callback) => {
      // A host that is an address is never looked up, so it is checked here.
      const refused = refusalOf(options.hostname, targets)
      if (refused) callback(refused, null)
      else connect(options, callback)
    },
    maxHeaderSize: 16_384,
    pipelining: 1,
  })

  return {
    async send({ url, headers, body, time = ATTEMPT_TIME }: Sending): Promise<Answer> {
      const at = new Date()
      const started = performance.now()
      const answer = await post(url, { headers, body, dispatcher: agent, signal: AbortSignal.timeout(time) }).catch(
        (error: unknown) => ({ ...nothing, error: inWords(error) }),
      )
      return { at, durationMs: Math.round(performance.now() - started), ...answer }
    },
    close: () => agent.destroy(),
  }
}

const nothing = { status: null, headers: {}, body: '', truncated: false, error: null, retryAfter: null }

async function post(
  url: string,
  options: { headers: Record<string, string>; body: string; dispatcher: Dispatcher; signal: AbortSignal },
): Promise<Omit<Answer, 'at' | 'durationMs'>> {
  const { statusCode: status, headers, body } = await request(url, { method: 'POST', ...options })
  const { text, truncated } = await readBeginning(body)
  const error = status >= 300 && status < 400 ? 'Redirects are not followed: enter the address that it leads to.' : null
  const waits = status === 429 || status === 503
  const retryAfter = waits ? parseRetryAfter(textOf(headers['retry-after']), Date.now()) : null
  return { status, headers: keep(headers), body: text, truncated, error, retryAfter }
}

/** The status is the answer; of the body there is what comes soon. */
async function readBeginning(body: Dispatcher.ResponseData['body']): Promise<{ text: string; truncated: boolean }> {
  const chunks: Buffer[] = []
  let size = 0
  let isWhole: boolean
  const late = setTimeout(() => body.destroy(), BODY_TIME)
  // Destroyed on purpose, or by the other side: what came until then is what there is.
  body.on('error', () => undefined)
  try {
    for await (const chunk of body) {
      chunks.push(chunk as Buffer)
      size += (chunk as Buffer).length
      if (size > KEPT) break
    }
    isWhole = size <= KEPT
  } catch {
    isWhole = false
  } finally {
    clearTimeout(late)
    body.destroy()
  }
  return { text: storable(Buffer.concat(chunks).subarray(0, KEPT).toString('utf8')), truncated: !isWhole }
}

function keep(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const kept = Object.entries(headers).slice(0, KEPT_HEADERS)
  return Object.fromEntries(
    kept.map(([name, value]) => [storable(name), storable(textOf(value) ?? '').slice(0, KEPT_HEADER)]),
  )
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value
}

/** PostgreSQL has no U+0000. */
function storable(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed()
}

function refusalOf(hostname: string, targets: WebhookTargets): RefusedTarget | null {
  if (isIP(hostname) === 0) return null
  try {
    targets.checkHost(hostname)
    return null
  } catch (error) {
    return error as RefusedTarget
  }
}

/** No addresses and nothing of ours: it stands in the customer's log. */
function inWords(error: unknown): string {
  const inner = deepest(error)
  if (inner instanceof RefusedTarget) return `Not sent. ${inner.message}`
  const { name, message, code = '' } = inner
  if (name === 'TimeoutError' || name === 'AbortError') return 'No answer came in time.'
  return WORDS[code] ?? (code.startsWith('ERR_TLS') || /certificate|self.signed|SSL|TLS/i.test(message) ? TLS : OTHER)
}

const WORDS: Record<string, string> = {
  ECONNREFUSED: 'The connection was refused.',
  ECONNRESET: 'The connection was closed before an answer came.',
  EPIPE: 'The connection was closed before an answer came.',
  UND_ERR_SOCKET: 'The connection was closed before an answer came.',
  ETIMEDOUT: 'No connection could be made in time.',
  UND_ERR_CONNECT_TIMEOUT: 'No connection could be made in time.',
  UND_ERR_HEADERS_OVERFLOW: 'The headers of the answer are too long.',
  EHOSTUNREACH: 'The server cannot be reached.',
  ENETUNREACH: 'The server cannot be reached.',
  ENOTFOUND: 'The name of the server does not exist.',
  ENODATA: 'The name of the server has no address.',
  EAI_AGAIN: 'The name of the server could not be looked up.',
  ESERVFAIL: 'The name of the server could not be looked up.',
  ETIMEOUT: 'The name of the server could not be looked up.',
  CERT_HAS_EXPIRED: 'The certificate of the server has expired.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate of the server is for another name.',
}
const TLS = 'The certificate of the server is not valid.'
const OTHER = 'The server did not answer as HTTP asks for.'

function deepest(error: unknown): NodeJS.ErrnoException {
  let inner = error
  for (;;) {
    const next: unknown = inner instanceof AggregateError ? inner.errors[0] : (inner as { cause?: unknown }).cause
    if (!(next instanceof Error)) return inner as NodeJS.ErrnoException
    inner = next
  }
}
