import { randomInt } from 'node:crypto'
import { Agent, request } from 'undici'

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  /** As it came; of a stream only its headers are read. */
  text: string
  /** Undefined when it is no JSON. */
  json: unknown
}

export interface Sending {
  method: string
  path: string
  headers?: Record<string, string | string[]>
  body?: string | undefined
}

export type Send = (to: { url: string }, sending: Sending) => Promise<Answer>

/**
 * Sends requests to a service as the gateway does: under the product's own host, each from another network, so that
 * no limit stands between the test and the handlers.
 */
export function createSender(publicUrl: string): { send: Send; count: () => number; close: () => Promise<void> } {
  const agent = new Agent({ connections: 16, headersTimeout: 15_000, bodyTimeout: 15_000 })
  const { host } = new URL(publicUrl)
  let count = 0

  const send: Send = async ({ url }, { method, path, headers, body }) => {
    count++
    const response = await request(url + path, {
      dispatcher: agent,
      method: method as 'GET',
      headers: {
        host,
        'x-forwarded-host': host,
        'x-forwarded-proto': new URL(publicUrl).protocol.slice(0, -1),
        'x-forwarded-for': anyNetwork(),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    })
    const answer = { status: response.statusCode, headers: response.headers }
    if (String(response.headers['content-type']).startsWith('text/event-stream')) {
      response.body.on('error', () => {}).destroy()
      return { ...answer, text: '', json: undefined }
    }
    const text = await response.body.text()
    return { ...answer, text, json: parse(text) }
  }

  return { send, count: () => count, close: () => agent.destroy() }
}

/** The stable name of a refusal, or null. */
export function reasonOf({ json }: Answer): string | null {
  return typeof json === 'object' && json !== null && 'reason' in json ? String(json.reason) : null
}

/** In a few words: `403 request.not_allowed`. */
export function told(answer: Answer): string {
  return `${answer.status} ${reasonOf(answer) ?? ''}`.trim()
}

function anyNetwork(): string {
  return `2001:db8:${[1, 2, 3, 4, 5, 6].map(() => randomInt(0x10000).toString(16)).join(':')}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
