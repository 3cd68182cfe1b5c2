import type { Role } from '@lightpress/users-contract'
import type { z } from 'zod'
import { formatDate, type Locale } from '../formats.ts'
import { nameToShow } from './greeting.ts'
import { button, facts, heading, note, paragraph, type Mail, type MailContext } from './mail.ts'

export interface Invitation {
  organizationName: string
  /** Null for somebody who is gone. */
  inviterName: string | null
  role: z.infer<typeof Role>
  /** ISO 8601. */
  expiresAt: string
  token: string
}

/**
 * Goes to whoever somebody typed the address of. Of what was typed it repeats the two names alone, and not those that a
 * mail program would make a link of: an invitation to a stranger's site would make us its sender.
 */
export function invitation(invited: Invitation, { locale, publicUrl }: MailContext): Mail {
  const text = texts[locale]
  const organization = nameToShow(invited.organizationName)
  const inviter = nameToShow(invited.inviterName)
  // The reader's time zone is not known.
  const until = formatDate(new Date(invited.expiresAt), { locale, timeZone: 'UTC' })
  const lead = text.lead(inviter ?? text.somebody, organization ?? text.team)
  return {
    locale,
    subject: text.subject(organization ?? text.team),
    preview: lead,
    blocks: [
      heading(text.heading),
      paragraph(lead),
      facts([text.role, text.roles[invited.role]], [text.until, until]),
      button(text.action, `${publicUrl}/invitation#token=${encodeURIComponent(invited.token)}`),
      note(text.ignore),
    ],
    reason: text.reason,
  }
}

interface Texts extends Record<
  'heading' | 'action' | 'ignore' | 'reason' | 'role' | 'until' | 'somebody' | 'team',
  string
> {
  subject: (organization: string) => string
  lead: (inviter: string, organization: string) => string
  roles: Record<Invitation['role'], string>
}

const texts: Record<Locale, Texts> = {
  en: {
    subject: (organization) => `Join ${organization} on Lightpress`,
    heading: 'You are invited',
    lead: (inviter, organization) => `${inviter} invites you to work with ${organization} on Lightpress.`,
    somebody: 'Somebody',
    team: 'a team',
    role: 'Role',
    roles: { member: 'Member', admin: 'Admin', owner: 'Owner' },
    until: 'Good until',
    action: 'See the invitation',
    ignore: 'You know nobody there? Then ignore this mail: without you nothing happens, and no account is made.',
    reason: 'You get this mail because somebody entered this address to invite you.',
  },
  de: {
    subject: (organization) => `Arbeiten Sie mit ${organization} auf Lightpress`,
    heading: 'Sie sind eingeladen',
    lead: (inviter, organization) => `${inviter} lädt Sie ein, auf Lightpress mit ${organization} zu arbeiten.`,
    somebody: 'Jemand',
    team: 'einem Team',
    role: 'Rolle',
    roles: { member: 'Mitglied', admin: 'Administration', owner: 'Inhaberschaft' },
    until: 'Gilt bis',
    action: 'Einladung ansehen',
    ignore: 'Sie kennen dort niemanden? Dann ignorieren Sie diese Mail: Ohne Sie geschieht nichts, auch kein Konto.',
    reason: 'Sie erhalten diese Mail, weil jemand diese Adresse eingegeben hat, um Sie einzuladen.',
  },
  fr: {
    subject: (organization) => `Rejoignez ${organization} sur Lightpress`,
    heading: 'Vous êtes invité',
    lead: (inviter, organization) => `${inviter} vous invite à travailler avec ${organization} sur Lightpress.`,
    somebody: 'Quelqu’un',
    team: 'une équipe',
    role: 'Rôle',
    roles: { member: 'Membre', admin: 'Administrateur', owner: 'Propriétaire' },
    until: 'Valable jusqu’au',
    action: 'Voir l’invitation',
    ignore:
      'Vous n’y connaissez personne ? Ignorez ce message : sans vous, rien ne se passe et aucun compte n’est créé.',
    reason: 'Vous recevez ce message parce que quelqu’un a saisi cette adresse pour vous inviter.',
  },
}
