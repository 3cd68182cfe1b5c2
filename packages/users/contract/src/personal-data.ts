import { command, DataItem, pageOf, Page, query, raw, Subject } from '@lightpress/protocol'
import { z } from 'zod'
import { Locale } from './shapes.ts'

/** An archive of everything that is held about a person or an organisation: ZIP, a JSON file for each kind of thing. */
export const Export = z.object({
  id: z.uuid(),
  state: z.enum(['preparing', 'ready', 'failed', 'expired']),
  requestedAt: z.iso.datetime(),
  readyAt: z.iso.datetime().nullable(),
  /** From then on it is gone. */
  expiresAt: z.iso.datetime().nullable(),
  /** Of the archive. */
  bytes: z.number().int().nullable(),
})
export type Export = z.infer<typeof Export>

/** What went, or would go, of what a module holds. */
export const ErasureItem = DataItem.extend({ module: z.string() })
export type ErasureItem = z.infer<typeof ErasureItem>

export const ErasurePlan = z.object({
  items: z.array(ErasureItem),
  /**
   * The organisations of a person. One that `blocks` keeps all from being erased: others are in it whom nobody else who can
   * look after it is left to, or it would go and is suspended.
   */
  organizations: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      personal: z.boolean(),
      memberCount: z.number().int(),
      /** Kept shut by an operator. */
      suspended: z.boolean(),
      fate: z.enum(['erased', 'left', 'blocks']),
    }),
  ),
})
export type ErasurePlan = z.infer<typeof ErasurePlan>

/** An erasure, and once it is done the receipt of what went. Ids only. */
export const Erasure = z.object({
  id: z.uuid(),
  subject: Subject,
  state: z.enum(['running', 'done']),
  requestedBy: z.uuid(),
  requestedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  items: z.array(ErasureItem),
})
export type Erasure = z.infer<typeof Erasure>

const ErasureStarted = z.object({ erasureId: z.uuid(), status: z.literal('started') })
const id = z.uuid()

/** Everything held about somebody: handed over, and erased. */
export const personalDataOperations = {
  listMyExports: query({
    path: '/v1/users/me/exports',
    access: 'user',
    assurance: 'self',
    summary: "The person's exports, newest first.",
    input: z.object({}),
    output: z.object({ items: z.array(Export) }),
  }),
  exportMe: command({
    path: '/v1/users/me/export',
    access: 'user',
    assurance: 'recent',
    summary: 'Has everything put together that is held about the person. The one that is being prepared stays the one.',
    status: 202,
    input: z.object({}),
    output: Export,
  }),
  downloadMyExport: raw({
    method: 'GET',
    path: '/v1/users/me/exports/:exportId/archive',
    access: 'user',
    assurance: 'recent',
    summary: 'The archive, or where it is (302).',
    input: z.object({ exportId: z.uuid() }),
    produces: 'application/zip',
  }),
  previewMyErasure: query({
    path: '/v1/users/me/erasure',
    access: 'user',
    assurance: 'self',
    summary: 'What would go if the person had everything erased. Changes nothing.',
    input: z.object({}),
    output: ErasurePlan,
  }),
  eraseMe: command({
    method: 'DELETE',
    path: '/v1/users/me',
    access: 'user',
    assurance: 'recent',
    summary: 'Has everything erased that is held about the person, who is kept out at once. A receipt comes by e-mail.',
    status: 202,
    input: z.object({}),
    output: ErasureStarted,
  }),
  listExports: query({
    path: '/v1/organizations/:id/exports',
    access: 'user',
    assurance: 'self',
    summary: 'The exports of an organisation, newest first; for its owners.',
    input: z.object({ id }),
    output: z.object({ items: z.array(Export) }),
  }),
  exportOrganization: command({
    path: '/v1/organizations/:id/export',
    access: 'user',
    assurance: 'recent',
    summary: 'Has everything put together that is held about an organisation; its owners may.',
    status: 202,
    input: z.object({ id }),
    output: Export,
  }),
  downloadExport: raw({
    method: 'GET',
    path: '/v1/organizations/:id/exports/:exportId/archive',
    access: 'user',
    assurance: 'recent',
    summary: 'The archive of an organisation, or where it is (302); for its owners.',
    input: z.object({ id, exportId: z.uuid() }),
    produces: 'application/zip',
  }),
  previewErasure: query({
    path: '/v1/organizations/:id/erasure',
    access: 'user',
    assurance: 'self',
    summary: 'What would go with an organisation; for its owners. Changes nothing.',
    input: z.object({ id }),
    output: ErasurePlan,
  }),
  eraseOrganization: command({
    method: 'DELETE',
    path: '/v1/organizations/:id',
    access: 'user',
    assurance: 'recent',
    summary: 'Deletes an organisation and all that belongs to it, its subscription first; its owners may.',
    status: 202,
    input: z.object({ id }),
    output: ErasureStarted,
  }),
  listErasures: query({
    path: '/v1/admin/users/erasures',
    access: 'platform',
    summary: 'Erasures with their receipts, newest first.',
    input: Page,
    output: pageOf(Erasure),
  }),

  readExportMail: query({
    access: 'service',
    summary: 'Whom to tell that an export is ready; null once it is gone.',
    input: z.object({ exportId: z.uuid() }),
    output: z.object({
      mail: z
        .object({ userId: z.uuid(), organizationId: z.uuid().nullable(), organizationName: z.string().nullable() })
        .nullable(),
    }),
  }),
  readErasureMail: query({
    access: 'service',
    summary: 'The receipt of an erasure, and where to send it: kept for a day, so that it can be sent.',
    input: z.object({ erasureId: z.uuid() }),
    output: z.object({
      mail: z
        .object({
          email: z.string(),
          name: z.string(),
          locale: Locale,
          timeZone: z.string(),
          subject: z.enum(['person', 'organization']),
          organizationName: z.string().nullable(),
          finishedAt: z.iso.datetime(),
          items: z.array(ErasureItem),
        })
        .nullable(),
    }),
  }),
}
