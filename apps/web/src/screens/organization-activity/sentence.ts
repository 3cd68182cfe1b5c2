import type { Activity, ActivityAction } from '@lightpress/users-contract'
import { roleWords } from '../../account/roles.ts'

/** Somebody in a sentence: linked while there is somebody to look up. */
export interface Named {
  name: string
  /** What leads to them in the list of members; of whoever is gone there is nothing. */
  look?: string
}

/** What leads to the thing itself. */
export interface Linked {
  words: string
  href: string
}

/** A piece of a sentence: words, somebody, something that there is, or a name that stands out. */
export type Part = string | Named | Linked | { strong: string }

type Tell = (activity: Activity) => Part[]

/** What happened, by its words in a filter and as a sentence. */
const told: Record<ActivityAction, { label: string; tell: Tell }> = {
  organization_created: {
    label: 'Organisation created',
    tell: (it) => [actor(it), ' created the organisation', ...(it.name === null ? [] : [' ', { strong: it.name }])],
  },
  organization_renamed: {
    label: 'Organisation renamed',
    tell: (it) => [actor(it), ' renamed it from ', strong(it.formerName), ' to ', strong(it.name)],
  },
  logo_changed: { label: 'Logo changed', tell: (it) => [actor(it), ' changed the logo'] },
  logo_removed: { label: 'Logo removed', tell: (it) => [actor(it), ' removed the logo'] },
  member_invited: {
    label: 'Somebody invited',
    tell: (it) => [actor(it), ' invited ', person(it), ...as(it)],
  },
  invitation_resent: {
    label: 'Invitation sent again',
    tell: (it) => [actor(it), ' sent ', person(it), ' their invitation again'],
  },
  invitation_revoked: {
    label: 'Invitation revoked',
    tell: (it) => [actor(it), ' revoked the invitation of ', person(it)],
  },
  member_joined: {
    label: 'Member joined',
    tell: (it) => [it.person ? person(it) : actor(it), ' joined', ...as(it)],
  },
  member_left: {
    label: 'Member left',
    tell: (it) => [it.person ? person(it) : actor(it), ' left'],
  },
  member_removed: {
    label: 'Member removed',
    tell: (it) => [actor(it), ' removed ', person(it)],
  },
  role_changed: {
    label: 'Role changed',
    tell: (it) =>
      isOwnAct(it)
        ? [actor(it), ' became ', ...role(it.role), ...before(it)]
        : [actor(it), ' made ', person(it), ' ', ...role(it.role), ...before(it)],
  },
  ownership_transferred: {
    label: 'Organisation handed on',
    tell: (it) => [actor(it), ' handed the organisation on to ', person(it)],
  },
  export_requested: {
    label: 'Export asked for',
    tell: (it) => [actor(it), ' asked for an export of all its data'],
  },
  organization_suspended: { label: 'Organisation suspended', tell: (it) => [actor(it), ' suspended the organisation'] },
  organization_restored: { label: 'Organisation restored', tell: (it) => [actor(it), ' restored the organisation'] },
  webhook_added: { label: 'Webhook endpoint added', tell: (it) => [actor(it), ' added ', endpoint(it)] },
  webhook_repointed: {
    label: 'Webhook endpoint moved',
    tell: (it) => [actor(it), ' gave ', endpoint(it), ' another URL'],
  },
  webhook_enabled: { label: 'Webhook endpoint enabled', tell: (it) => [actor(it), ' enabled ', endpoint(it)] },
  webhook_disabled: { label: 'Webhook endpoint disabled', tell: (it) => [actor(it), ' disabled ', endpoint(it)] },
  webhook_secret_rotated: {
    label: 'Webhook secret rotated',
    tell: (it) => [actor(it), ' made a new secret for ', endpoint(it)],
  },
  // Where it was there is nothing any more.
  webhook_deleted: { label: 'Webhook endpoint deleted', tell: (it) => [actor(it), ' deleted a webhook endpoint'] },
}

/** A newer server may tell of what this page has no words for yet. */
export function sentenceOf(activity: Activity): Part[] {
  const action: string = activity.action
  if (!Object.hasOwn(told, action)) return [actor(activity), ' changed something']
  return told[activity.action].tell(activity)
}

/** All that can be chosen, by its words. */
export const activityActions = Object.entries(told)
  .map(([value, { label }]) => ({ value: value as ActivityAction, label }))
  .sort((a, b) => a.label.localeCompare(b.label))

const gone = 'Somebody who is gone'

function actor({ actor, byProgram }: Activity): Part {
  if (byProgram) return { strong: 'An API key' }
  if (actor === null) return { strong: 'Lightpress' }
  return actor.name === null ? { name: gone } : { name: actor.name, look: actor.name }
}

function person({ person }: Activity): Part {
  if (person?.name) return { name: person.name, look: person.email ?? person.name }
  if (person?.email) return { strong: person.email }
  return { name: gone.toLowerCase() }
}

function endpoint({ webhookEndpointId: id }: Activity): Part {
  return id === null ? 'a webhook endpoint' : { words: 'a webhook endpoint', href: `/organization/webhooks/${id}` }
}

function isOwnAct({ actor, person }: Activity): boolean {
  return actor !== null && actor.id === person?.id
}

function strong(name: string | null): Part {
  return { strong: name ?? 'another name' }
}

function as({ role: given }: Activity): Part[] {
  return given === null ? [] : [' as ', ...role(given)]
}

function before({ formerRole }: Activity): Part[] {
  return formerRole === null ? [] : [', before that ', ...role(formerRole)]
}

function role(role: Activity['role']): Part[] {
  if (role === null) return ['something else']
  const word = roleWords[role].label.toLowerCase()
  return [`${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`]
}
