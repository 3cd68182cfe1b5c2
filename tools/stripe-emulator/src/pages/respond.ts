import type { FastifyReply, FastifyRequest } from 'fastify'
import { decodeForm } from '../http/form.ts'
import { layout, type Page } from './layout.ts'

/** Stands for this server, wherever it is reached. */
const here = 'http://here.invalid'

export function show(reply: FastifyReply, page: Page): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(layout(page))
}

/** Sends the browser on, to a path of this server or an address elsewhere: a header takes nothing but ASCII. */
export function redirect(reply: FastifyReply, to: string): FastifyReply {
  const url = new URL(to, here)
  return reply.redirect(url.origin === here ? pathOf(url) : url.href, 303)
}

/** A path of this server that somebody asks to be sent to; what leads elsewhere as a browser reads it is none. */
export function ownPath(given: unknown): string | undefined {
  if (typeof given !== 'string' || !given.startsWith('/') || !URL.canParse(given, here)) return undefined
  const url = new URL(given, here)
  const path = pathOf(url)
  // `/.//elsewhere` is of this server still, but what is left of it is not.
  return url.origin === here && !path.startsWith('//') ? path : undefined
}

/** The fields that were sent: text, or parts of it as in the API's forms. */
export function formOf({ body }: FastifyRequest): Record<string, unknown> {
  return decodeForm(typeof body === 'string' ? body : '')
}

/** A field that may not have been sent. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function pathOf({ pathname, search, hash }: URL): string {
  return pathname + search + hash
}
