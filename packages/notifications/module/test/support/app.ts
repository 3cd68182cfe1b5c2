import { auth } from '@lightpress/auth-contract'
import { billing } from '@lightpress/billing-contract'
import { newId } from '@lightpress/kernel'
import { notifications as contract } from '@lightpress/notifications-contract'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import { startModule } from '@lightpress/testing'
import { users } from '@lightpress/users-contract'
import type { NotificationsContext } from '../../src/context.ts'
import { notifications } from '../../src/index.ts'
import { notify } from '../../src/notify.ts'

type Auth = (typeof auth)['operations']
type Registration = NonNullable<Output<Auth['readRegistrationMail']>['mail']>
type PasswordReset = NonNullable<Output<Auth['readPasswordResetMail']>['mail']>
type MagicLink = NonNullable<Output<Auth['readMagicLinkMail']>['mail']>
type Recovery = NonNullable<Output<Auth['readRecoveryMail']>['mail']>
type EmailChange = Output<Auth['readEmailChangeMails']>
type Alert = NonNullable<Output<Auth['readSecurityAlert']>['alert']>
type Users = (typeof users)['operations']
type Invited = NonNullable<Output<Users['readInvitationMail']>['mail']>
type Exported = NonNullable<Output<Users['readExportMail']>['mail']>
type Erased = NonNullable<Output<Users['readErasureMail']>['mail']>
type Organization = Output<(typeof users)['operations']['readMembers']>
export type Person = Organization['members'][number]

/** What Resend signs its webhooks with. */
export const webhookSecret = `whsec_${Buffer.from('of this test alone').toString('base64')}`

type Fakes = Record<string, (input: never) => unknown>

/** The module on a real database, its neighbours played from these maps; what else they answer is in `more`. */
export async function startNotifications(
  env: Record<string, string> = {},
  more: Partial<Record<'auth' | 'users' | 'billing', Fakes>> = {},
) {
  const registrations = new Map<string, Registration>()
  const passwordResets = new Map<string, PasswordReset>()
  const magicLinks = new Map<string, MagicLink>()
  const recoveries = new Map<string, Recovery>()
  const emailChanges = new Map<string, EmailChange>()
  const alerts = new Map<string, Alert>()
  const invitations = new Map<string, Invited>()
  const exports = new Map<string, Exported>()
  const erasures = new Map<string, Erased>()
  const organizations = new Map<string, Organization>()
  const people = new Map<string, Person>()

  const app = await startModule(notifications, {
    env: {
      RESEND_API_KEY: 're_test',
      // Nobody listens there; tests of mail say where.
      RESEND_BASE_URL: 'http://127.0.0.1:9',
      RESEND_WEBHOOK_SECRET: webhookSecret,
      RESEND_RATE: '1000',
      EMAIL_FROM: 'Lightpress <hello@example.com>',
      RETRY_DELAY: '20',
      ...env,
    },
    neighbours: [
      [billing, { ...more.billing }],
      [
        auth,
        {
          readRegistrationMail: ({ registrationId }: { registrationId: string }) => ({
            mail: registrations.get(registrationId) ?? null,
          }),
          readPasswordResetMail: ({ passwordResetId }: Input<Auth['readPasswordResetMail']>) => ({
            mail: passwordResets.get(passwordResetId) ?? null,
          }),
          readMagicLinkMail: ({ ticketId }: Input<Auth['readMagicLinkMail']>) => ({
            mail: magicLinks.get(ticketId) ?? null,
          }),
          readRecoveryMail: ({ recoveryId }: Input<Auth['readRecoveryMail']>) => ({
            mail: recoveries.get(recoveryId) ?? null,
          }),
          readEmailChangeMails: ({ emailChangeId }: Input<Auth['readEmailChangeMails']>) =>
            emailChanges.get(emailChangeId) ?? { userId: null, mails: [] },
          readSecurityAlert: ({ auditEntryId }: Input<Auth['readSecurityAlert']>) => ({
            alert: alerts.get(auditEntryId) ?? null,
          }),
          readEmail: ({ userId }: Input<Auth['readEmail']>) => ({ email: people.get(userId)?.email ?? null }),
          ...more.auth,
        },
      ],
      [
        users,
        {
          readUsers: ({ ids }: { ids: string[] }) => ({ users: ids.flatMap((id) => people.get(id) ?? []) }),
          readInvitationMail: ({ invitationId }: Input<Users['readInvitationMail']>) => ({
            mail: invitations.get(invitationId) ?? null,
          }),
          readExportMail: ({ exportId }: Input<Users['readExportMail']>) => ({ mail: exports.get(exportId) ?? null }),
          // It hears what is said of webhooks.
          readDeliveryStates: () => ({ states: {} }),
          readErasureMail: ({ erasureId }: Input<Users['readErasureMail']>) => ({
            mail: erasures.get(erasureId) ?? null,
          }),
          readMembers: ({ organizationId }: Input<Users['readMembers']>) => {
            const organization = organizations.get(organizationId)
            if (!organization) throw new AppError('not_found', 'users.organization_not_found', 'Gone.')
            return organization
          },
          ...more.users,
        },
      ],
    ],
  })
  const contextNow = () => app.contextFor('notifications') as unknown as NotificationsContext

  return {
    ...app,
    /** A whole deadline ahead of it, each time. */
    get ctx() {
      return contextNow()
    },
    registrations,
    passwordResets,
    magicLinks,
    recoveries,
    emailChanges,
    alerts,
    invitations,
    exports,
    erasures,
    organizations,
    people,
    addPerson(changes: Partial<Person> = {}): Person {
      const id = newId()
      const person: Person = { id, email: `${id}@example.com`, name: 'Ada', locale: 'en', timeZone: 'UTC', ...changes }
      people.set(id, person)
      return person
    },
    /** Something happened to the account of a person; gives the entry of the audit log. */
    addAlert({ id: userId, email }: Person, changes: Partial<Alert> = {}): string {
      const id = newId()
      const device = { browser: 'Firefox', system: 'Linux', kind: 'desktop' as const }
      const at = '2026-11-20T23:30:00Z'
      alerts.set(id, { userId, email, action: 'signed_in', at, device, ip: '198.51.100.7', ...changes })
      return id
    },
    addOrganization(members: Person[], organizationName = 'Analytical Engines'): string {
      const id = newId()
      organizations.set(id, { organizationName, members })
      return id
    },
    inboxOf: (userId: string) => app.as(contract, { userId }),
    /** Writes notifications for a person as a listener does, each in its own commit. */
    async tell(userId: string, ...titles: string[]) {
      const to = { id: userId, locale: 'en' as const, timeZone: 'UTC' }
      for (const title of titles) {
        const text = { title, body: 'Body' }
        const notices = [{ to, category: 'product' as const, text, link: null }]
        const ctx = contextNow()
        await ctx.withTx((tx) => notify(tx, { eventId: newId(), notices }, ctx))
      }
    },
  }
}

export type App = Awaited<ReturnType<typeof startNotifications>>
