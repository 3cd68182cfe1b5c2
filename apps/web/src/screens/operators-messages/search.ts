import type { MailRecord } from '@lightpress/notifications-contract'
import { emailRule } from '../../ui/email-rule.ts'
import { isId, textOf } from '../../ui/search-params.ts'
import { mailStates } from './words.ts'

export interface MailSearch {
  status?: MailRecord['status']
  template?: string
  recipient?: string
  userId?: string
  organizationId?: string
}

type Address = Record<string, string | string[] | undefined>

/** What an address asks for: `person` is a whole e-mail address or an id. Null where what it has is neither. */
export function parseMailSearch({ status, template, person, organization }: Address): MailSearch | null {
  const [who, where, kind] = [textOf(person), textOf(organization), textOf(template)]
  const known = (Object.keys(mailStates) as MailRecord['status'][]).find((one) => one === status)
  const about = who === '' ? {} : aboutPerson(who)
  if (!about || (where !== '' && !isId(where))) return null
  return {
    ...about,
    ...(where !== '' && { organizationId: where.toLowerCase() }),
    ...(known && { status: known }),
    ...(/^[a-z_]{1,50}$/.test(kind) && { template: kind }),
  }
}

/** Where the e-mails to a person, or about an organisation, stand. */
export function messagesPath(of: { userId: string } | { organizationId: string }): string {
  const query = 'userId' in of ? { person: of.userId } : { organization: of.organizationId }
  return `/operators/messages?${new URLSearchParams(query)}`
}

function aboutPerson(typed: string): { userId: string } | { recipient: string } | null {
  if (isId(typed)) return { userId: typed.toLowerCase() }
  return emailRule(typed, {}) === undefined ? { recipient: typed } : null
}
