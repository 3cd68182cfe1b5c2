import { about, doomed, emptied, enqueue, kept, type HeldData } from '@lightpress/kernel'
import type { Subject } from '@lightpress/protocol'
import { and, eq, or, sql } from 'drizzle-orm'
import { QueryBuilder } from 'drizzle-orm/pg-core'
import type { UsersContext } from './context.ts'
import { isAbout } from './exports.ts'
import { removeDueFiles } from './files.ts'
import { activity, dataExport, erasure, file, invitation, membership, organization, person, sending } from './schema.ts'

/**
 * A row goes after its file, so that none is left behind that nobody knows of: see `files.ts`. What may still be being
 * written goes when nobody writes it any more.
 */
const fileGoes = doomed({
  state: 'doomed',
  userId: null,
  organizationId: null,
  removeAt: sql`case when ${file.state} = 'live' then now() else coalesce(${file.removeAt}, now()) end`,
})

const proofKept = kept('They are the proof of what was erased and when: ids only, once the receipt was sent a day ago.')

/** What users holds about people and organisations. */
export const data: HeldData<UsersContext> = {
  holdings: [
    {
      name: 'exports',
      table: dataExport,
      person: about((id) => isAbout({ kind: 'person', id })),
      organization: about((id) => isAbout({ kind: 'organization', id })),
    },
    {
      name: 'files',
      table: file,
      person: about((id) => eq(file.userId, id), fileGoes),
      organization: about((id) => eq(file.organizationId, id), fileGoes),
    },
    {
      name: 'activity',
      table: activity,
      person: about(
        (id) => or(eq(activity.actorId, id), eq(activity.userId, id), eq(activity.impersonatorId, id)),
        kept('It is the log of the organisation, which knows people by their ids.'),
      ),
      organization: about((id) => eq(activity.organizationId, id)),
    },
    {
      name: 'invitations',
      table: invitation,
      person: about(
        (id) => or(eq(invitation.emailKey, addressOf(id)), eq(invitation.acceptedBy, id)),
        emptied({ email: null, emailKey: null }),
      ),
      organization: about((id) => eq(invitation.organizationId, id)),
    },
    {
      name: 'memberships',
      table: membership,
      person: about((id) => eq(membership.userId, id)),
      organization: about((id) => eq(membership.organizationId, id)),
    },
    {
      name: 'erasures',
      table: erasure,
      person: about((id) => or(isErasureOf('person', id), eq(erasure.requestedBy, id)), proofKept),
      organization: about((id) => isErasureOf('organization', id), proofKept),
      // Whoever asked for it, who may be somebody else. It stays until the receipt is sent: see `forgetContacts`.
      secret: ['contact'],
    },
    { name: 'organisation', table: organization, organization: about((id) => eq(organization.id, id)) },
    { name: 'profile', table: person, person: about((id) => eq(person.id, id)) },
  ],
  impersonal: [{ table: sending, because: 'Its keys are MACs, and its rows go within a day.' }],
  async hold(tx, { kind, id }) {
    if (kind === 'person') await tx.select({ id: person.id }).from(person).where(eq(person.id, id)).for('update')
    else await tx.select({ id: organization.id }).from(organization).where(eq(organization.id, id)).for('update')
  },
  async finish(tx) {
    await enqueue(tx, removeDueFiles, { payload: {} })
  },
}

const query = new QueryBuilder()

function addressOf(userId: string) {
  return query.select({ emailKey: person.emailKey }).from(person).where(eq(person.id, userId))
}

function isErasureOf(kind: Subject['kind'], id: string) {
  return and(eq(erasure.subjectKind, kind), eq(erasure.subjectId, id))
}
