import type { Payload } from '@lightpress/protocol'
import type { membershipChanged } from '@lightpress/users-contract'
import type { Locale } from './formats.ts'
import { nameOrMark } from './mails/greeting.ts'
import type { Text } from './texts.ts'

// What stands in the inbox of who comes, who goes and who may do what, in three languages. Pure: no I/O and no clock.

export interface MembershipFacts extends Pick<Payload<typeof membershipChanged>, 'change' | 'role'> {
  organizationName: string
  /** Whom it is about. */
  personName: string
}

export function membershipNews({ change, role, organizationName, personName }: MembershipFacts, locale: Locale): Text {
  const { roles, ...news } = texts[locale]
  const facts = { organization: organizationName, person: personName, role: roles[role ?? 'member'] }
  return change === 'ownership' && role !== 'owner' ? news.role(facts) : news[change](facts)
}

/** For a mail: a name that mail programs would make a link of is left out, as in a quotation. */
export function withSafeNames({ organizationName, personName, ...facts }: MembershipFacts): MembershipFacts {
  return { ...facts, organizationName: nameOrMark(organizationName), personName: nameOrMark(personName) }
}

type Facts = Record<'organization' | 'person' | 'role', string>
type Texts = Record<MembershipFacts['change'], (facts: Facts) => Text> & {
  roles: Record<NonNullable<MembershipFacts['role']>, string>
}

const texts: Record<Locale, Texts> = {
  en: {
    roles: { member: 'a member', admin: 'an admin', owner: 'an owner' },
    joined: ({ organization, person, role }) => ({
      title: `${person} joined ${organization}`,
      body: `They accepted their invitation and are ${role} now.`,
    }),
    left: ({ organization, person }) => ({
      title: `${person} left ${organization}`,
      body: 'They can see nothing of it any more.',
    }),
    removed: ({ organization }) => ({
      title: `You are not in ${organization} any more`,
      body: 'Somebody who looks after it removed you. Your account and your other organisations are as they were.',
    }),
    role: ({ organization, role }) => ({
      title: `Your role in ${organization} has changed`,
      body: `You are ${role} now.`,
    }),
    ownership: ({ organization }) => ({
      title: `You own ${organization} now`,
      body: 'Its owner handed it over to you.',
    }),
  },
  de: {
    roles: { member: 'Mitglied', admin: 'Admin', owner: 'Inhaberin oder Inhaber' },
    joined: ({ organization, person, role }) => ({
      title: `${person} ist jetzt bei ${organization}`,
      body: `Die Einladung wurde angenommen. Rolle: ${role}.`,
    }),
    left: ({ organization, person }) => ({
      title: `${person} hat ${organization} verlassen`,
      body: 'Damit ist dort nichts mehr sichtbar für diese Person.',
    }),
    removed: ({ organization }) => ({
      title: `Sie sind nicht mehr bei ${organization}`,
      body: 'Jemand aus der Verwaltung hat Sie entfernt. Ihr Konto und Ihre anderen Organisationen bleiben, wie sie waren.',
    }),
    role: ({ organization, role }) => ({
      title: `Ihre Rolle bei ${organization} hat sich geändert`,
      body: `Ihre Rolle ist jetzt: ${role}.`,
    }),
    ownership: ({ organization }) => ({
      title: `${organization} gehört jetzt Ihnen`,
      body: 'Die Inhaberschaft wurde Ihnen übertragen.',
    }),
  },
  fr: {
    roles: { member: 'membre', admin: 'administrateur', owner: 'propriétaire' },
    joined: ({ organization, person, role }) => ({
      title: `${person} a rejoint ${organization}`,
      body: `L’invitation a été acceptée. Rôle : ${role}.`,
    }),
    left: ({ organization, person }) => ({
      title: `${person} a quitté ${organization}`,
      body: 'Cette personne n’y voit plus rien.',
    }),
    removed: ({ organization }) => ({
      title: `Vous ne faites plus partie de ${organization}`,
      body: 'Un responsable vous a retiré. Votre compte et vos autres organisations restent tels quels.',
    }),
    role: ({ organization, role }) => ({
      title: `Votre rôle dans ${organization} a changé`,
      body: `Vous êtes maintenant ${role}.`,
    }),
    ownership: ({ organization }) => ({
      title: `${organization} est maintenant à vous`,
      body: 'La propriété vous a été transférée.',
    }),
  },
}
