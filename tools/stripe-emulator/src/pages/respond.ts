import type { FastifyReply, FastifyRequest } from 'fastify'
import { decodeForm } from '../http/form.ts'
import { layout, type Page } from './layout.ts'

export function show(reply: FastifyReply, page: Page): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(layout(page))
}

/** The fields that were sent: text, or parts of it as in the API's forms. */
export function formOf({ body }: FastifyRequest): Record<string, unknown> {
  return decodeForm(typeof body === 'string' ? body : '')
}

/** A field that may not have been sent. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
