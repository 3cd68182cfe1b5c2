import Bell from 'lucide-solid/icons/bell'
import Building from 'lucide-solid/icons/building'
import CreditCard from 'lucide-solid/icons/credit-card'
import Eraser from 'lucide-solid/icons/eraser'
import ActivityIcon from 'lucide-solid/icons/activity'
import KeyRound from 'lucide-solid/icons/key-round'
import Layers from 'lucide-solid/icons/layers'
import LayoutDashboard from 'lucide-solid/icons/layout-dashboard'
import ListTree from 'lucide-solid/icons/list-tree'
import MailX from 'lucide-solid/icons/mail-x'
import Mails from 'lucide-solid/icons/mails'
import ScrollText from 'lucide-solid/icons/scroll-text'
import Scale from 'lucide-solid/icons/scale'
import Settings from 'lucide-solid/icons/settings'
import ShieldCheck from 'lucide-solid/icons/shield-check'
import Skull from 'lucide-solid/icons/skull'
import SlidersHorizontal from 'lucide-solid/icons/sliders-horizontal'
import UserRound from 'lucide-solid/icons/user-round'
import UsersRound from 'lucide-solid/icons/users-round'
import VenetianMask from 'lucide-solid/icons/venetian-mask'
import Webhook from 'lucide-solid/icons/webhook'
import type { Component } from 'solid-js'

export interface Section {
  href: string
  label: string
  icon: Component<{ size: number }>
  /** What else somebody may call it. */
  words: string
  /** Other addresses that belong to it; one with a slash at its end stands for all that begin so. */
  within?: readonly string[]
  /** The section that leads to it: the sidebar has that one alone. */
  foldedInto?: string
}

const ofEverybody: readonly Section[] = [
  { href: '/dashboard', label: 'Dashboard', icon: LayoutDashboard, words: 'home start overview' },
  {
    href: '/notifications',
    label: 'Notifications',
    icon: Bell,
    words: 'inbox messages unread archive',
    within: ['/notifications/unread', '/notifications/archive', '/notifications/preferences'],
  },
  {
    href: '/notifications/preferences',
    label: 'Notification preferences',
    icon: SlidersHorizontal,
    words: 'settings e-mail digest quiet hours mute unsubscribe',
    foldedInto: '/notifications',
  },
]

const ofMembers: readonly Section[] = [
  {
    href: '/organization/members',
    label: 'Members',
    icon: UsersRound,
    words: 'people team invite invitations roles',
    within: ['/organization/invitations'],
  },
  { href: '/billing', label: 'Billing', icon: CreditCard, words: 'plan subscription invoices payment upgrade' },
  { href: '/organization', label: 'Settings', icon: Settings, words: 'organisation name logo leave transfer delete' },
]

const ofAdmins: readonly Section[] = [
  {
    href: '/organization/activity',
    label: 'Activity',
    icon: ActivityIcon,
    words: 'organisation log who did what joined left removed',
  },
  { href: '/api-keys', label: 'API keys', icon: KeyRound, words: 'token secret programs scopes developers' },
  {
    href: '/organization/webhooks',
    label: 'Webhooks',
    icon: Webhook,
    words: 'endpoints events deliveries signing secret programs developers',
    within: ['/organization/webhooks/'],
  },
]

const ofThePerson: readonly Section[] = [
  { href: '/profile', label: 'Profile', icon: UserRound, words: 'settings name language time zone theme' },
  {
    href: '/security',
    label: 'Security',
    icon: ShieldCheck,
    words: 'password e-mail address two-step passkeys sessions devices activity',
  },
]

const ofOperators: readonly Section[] = [
  { href: '/operators/users', label: 'People', icon: UsersRound, words: 'operators users accounts search suspend' },
  {
    href: '/operators/organizations',
    label: 'Organisations',
    icon: Building,
    words: 'operators organizations companies search suspend',
  },
  {
    href: '/operators/subscriptions',
    label: 'Subscriptions',
    icon: CreditCard,
    words: 'operators billing customers plans stripe converge',
  },
  { href: '/operators/drift', label: 'Drift', icon: Scale, words: 'operators billing reconcile compare stripe' },
  { href: '/operators/webhooks', label: 'Webhooks', icon: Webhook, words: 'operators billing stripe events replay' },
  { href: '/operators/audit', label: 'Audit log', icon: ScrollText, words: 'operators security events export' },
  { href: '/operators/act-as', label: 'Act as a person', icon: VenetianMask, words: 'operators impersonate support' },
  { href: '/operators/erasures', label: 'Erasures', icon: Eraser, words: 'operators deleted receipts gdpr privacy' },
]

/** What was promised, and what became of it. */
const ofDelivery: readonly Section[] = [
  {
    href: '/operators/timeline',
    label: 'Timeline',
    icon: ListTree,
    words: 'operators request correlation id why trail events',
  },
  { href: '/operators/messages', label: 'E-mails', icon: Mails, words: 'operators delivery log messages sent failed' },
  {
    href: '/operators/suppressions',
    label: 'Suppressions',
    icon: MailX,
    words: 'operators addresses bounced complained spam',
  },
  {
    href: '/operators/queues',
    label: 'Queues',
    icon: Layers,
    words: 'operators events jobs waiting outbox',
    within: ['/operators/dead-letters'],
  },
  {
    href: '/operators/dead-letters',
    label: 'Dead letters',
    icon: Skull,
    words: 'operators events jobs failed replay again',
    foldedInto: '/operators/queues',
  },
]

/** Whether an address belongs to a section without being its own. */
export function isWithin({ within = [] }: Section, pathname: string): boolean {
  return within.some((address) => (address.endsWith('/') ? pathname.startsWith(address) : pathname === address))
}

export interface SectionGroup {
  label: string
  sections: readonly Section[]
}

/** Whom the sections are for. Undefined until it is known: what is everybody's stands from the start. */
export type Visitor = { role: 'member' | 'admin' | 'owner' | null; operator: boolean } | undefined

/** Where one can go when signed in: the sidebar and the palette say the same. */
export function sectionsFor(visitor: Visitor): SectionGroup[] {
  const admin = visitor?.role === 'admin' || visitor?.role === 'owner'
  return [
    { label: 'Sections', sections: ofEverybody },
    { label: 'Organisation', sections: [...ofMembers, ...(admin ? ofAdmins : [])] },
    { label: 'You', sections: ofThePerson },
    ...(visitor?.operator
      ? [
          { label: 'Operators', sections: ofOperators },
          { label: 'Delivery', sections: ofDelivery },
        ]
      : []),
  ]
}
