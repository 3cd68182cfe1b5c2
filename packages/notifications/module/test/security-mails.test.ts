import {
  emailChangeRequested,
  magicLinkRequested,
  passwordResetRequested,
  recoveryDue,
  recoveryRequested,
  securityAlerted,
} from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import { readMails } from '@lightpress/mailbox'
import { notifications as contract } from '@lightpress/notifications-contract'
import { until } from '@lightpress/testing'
import { asc, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message } from '../src/schema.ts'
import { startNotifications, type App, type Person } from './support/app.ts'
import { startProvider } from './support/provider.ts'

let provider: Awaited<ReturnType<typeof startProvider>>
let app: App

beforeAll(async () => {
  provider = await startProvider()
  app = await startNotifications({ RESEND_BASE_URL: provider.url })
})
afterAll(async () => {
  await app.close()
  await provider.stop()
})

async function mailsTo(email: string) {
  return (await readMails(provider.mailbox)).filter(({ to }) => to.includes(email))
}

/** What the delivery log says of an event, once none of it is pending. */
function settled(eventId: string) {
  return until(
    () => app.ctx.db.select().from(message).where(eq(message.eventId, eventId)).orderBy(asc(message.template)),
    (rows) => rows.length > 0 && rows.every(({ status }) => status !== 'pending'),
  )
}

/** Everything that this module keeps, as text. */
async function everythingStored(): Promise<string> {
  const { rows } = await app.ctx.db.execute<{ text: string }>(sql`
    select query_to_xml('select * from notifications.' || quote_ident(table_name), true, true, '')::text as text
    from information_schema.tables where table_schema = 'notifications'`)
  return rows.map(({ text }) => text).join('')
}

describe('a new password that somebody asked for', () => {
  function ask(person: Person = app.addPerson()) {
    const [passwordResetId, token] = [newId(), `token-${newId()}`]
    app.passwordResets.set(passwordResetId, { userId: person.id, email: person.email, token })
    return { passwordResetId, token, ...person }
  }

  it('is written to the address, in the language of the person, with a link that is kept nowhere', async () => {
    const { passwordResetId, token, email } = ask(app.addPerson({ locale: 'fr' }))
    const { id } = await app.deliver(passwordResetRequested, { passwordResetId })
    const [row] = await settled(id)
    expect(row).toMatchObject({ status: 'sent', recipient: email, template: 'password_reset' })
    const [mail, ...more] = await mailsTo(email)
    expect(more).toEqual([])
    expect(mail?.subject).toBe('Choisissez un nouveau mot de passe')
    expect(mail?.text).toContain(`http://localhost:3000/reset-password#token=${token}\n`)
    expect(mail?.html).toContain(`href="http://localhost:3000/reset-password#token=${token}"`)
    const stored = await everythingStored()
    expect(stored).toContain(passwordResetId)
    expect(stored).not.toContain(token)
  })

  it('is written once, though the event comes twice', async () => {
    const { passwordResetId, email } = ask()
    const { id } = await app.deliver(passwordResetRequested, { passwordResetId })
    await app.deliver(passwordResetRequested, { passwordResetId }, { id })
    const [row, ...more] = await settled(id)
    expect(more).toEqual([])
    expect(await mailsTo(email)).toHaveLength(1)
    const mine = provider.requests.filter(({ body }) => JSON.stringify(body.to).includes(email))
    expect(mine.map(({ idempotencyKey }) => idempotencyKey)).toEqual([row?.id])
  })

  it('for an address that nobody has is written to nobody', async () => {
    const { id } = await app.deliver(passwordResetRequested, { passwordResetId: newId() })
    expect(await settled(id)).toMatchObject([{ status: 'suppressed', recipient: null, providerId: null }])
  })
})

describe('a link to sign in with', () => {
  it('is written once to whoever has the address, and kept nowhere', async () => {
    const [ticketId, token, person] = [newId(), `token-${newId()}`, app.addPerson({ locale: 'de' })]
    app.magicLinks.set(ticketId, { userId: person.id, email: person.email, token })
    const { id } = await app.deliver(magicLinkRequested, { ticketId })
    await app.deliver(magicLinkRequested, { ticketId }, { id })
    expect(await settled(id)).toMatchObject([{ template: 'magic_link', status: 'sent', recipient: person.email }])
    const [mail, ...more] = await mailsTo(person.email)
    expect(more).toEqual([])
    expect(mail?.subject).toBe('Ihr Link zur Anmeldung')
    expect(mail?.text).toContain(`http://localhost:3000/sign-in/link#token=${token}\n`)
    expect(await everythingStored()).not.toContain(token)
  })

  it('for an address that nobody has is written to nobody', async () => {
    const { id } = await app.deliver(magicLinkRequested, { ticketId: newId() })
    expect(await settled(id)).toMatchObject([{ status: 'suppressed', recipient: null }])
  })
})

describe('the recovery of an account', () => {
  /** One that waits, or is due. */
  function ask(purpose: 'requested' | 'due') {
    const [recoveryId, person] = [newId(), app.addPerson({ timeZone: 'Europe/Berlin' })]
    const about = {
      userId: person.id,
      email: person.email,
      availableAt: '2026-11-23T23:30:00Z',
      expiresAt: '2026-11-30T23:30:00Z',
      cancelToken: `cancel-${recoveryId}`,
    }
    const completeToken = purpose === 'due' ? `complete-${recoveryId}` : null
    app.recoveries.set(recoveryId, { ...about, purpose, completeToken })
    return { recoveryId, email: person.email }
  }

  it('is told when it is asked for, with the link to stop it and none to go on', async () => {
    const { recoveryId, email } = ask('requested')
    const { id } = await app.deliver(recoveryRequested, { recoveryId })
    await app.deliver(recoveryRequested, { recoveryId }, { id })
    expect(await settled(id)).toMatchObject([{ template: 'recovery', status: 'sent', recipient: email }])
    const [mail, ...more] = await mailsTo(email)
    expect(more).toEqual([])
    expect(mail?.text?.replaceAll('\u202f', ' ')).toContain('Not before: November 24, 2026 at 12:30 AM GMT+1')
    expect(mail?.text).toContain(`http://localhost:3000/recover/cancel#token=cancel-${recoveryId}\n`)
    expect(mail?.text).not.toContain('/recover#token=')
    expect(await everythingStored()).not.toContain(`cancel-${recoveryId}`)
  })

  it('is told when it is due, with both links', async () => {
    const { recoveryId, email } = ask('due')
    const { id } = await app.deliver(recoveryDue, { recoveryId })
    await settled(id)
    const [mail] = await mailsTo(email)
    expect(mail?.text).toContain(`http://localhost:3000/recover#token=complete-${recoveryId}\n`)
    expect(mail?.text).toContain(`http://localhost:3000/recover/cancel#token=cancel-${recoveryId}\n`)
  })

  it('that is over, or due by the time its first mail is written, is not told any more', async () => {
    const { recoveryId } = ask('due')
    const late = await app.deliver(recoveryRequested, { recoveryId })
    const over = await app.deliver(recoveryDue, { recoveryId: newId() })
    expect(await settled(late.id)).toMatchObject([{ status: 'suppressed' }])
    expect(await settled(over.id)).toMatchObject([{ status: 'suppressed' }])
  })

  it('is in the inbox as well, but written only once', async () => {
    const person = app.addPerson()
    const auditEntryId = app.addAlert(person, { action: 'recovery_requested' })
    await app.deliver(securityAlerted, { userId: person.id, auditEntryId })
    const { items } = await app.as(contract, { userId: person.id }).listNotifications({})
    expect(items).toMatchObject([{ title: 'Somebody says they lost your second factors', link: '/security' }])
    expect(await mailsTo(person.email)).toEqual([])
  })
})

describe('a change of address', () => {
  /** What auth says of it: both mails, unless told otherwise. */
  function ask({ name = 'Ada Lovelace', taken = false } = {}) {
    const [emailChangeId, newEmail, person] = [newId(), `${newId()}@new.example`, app.addPerson({ name, locale: 'de' })]
    const { id: userId, email: oldEmail } = person
    app.emailChanges.set(emailChangeId, {
      userId,
      mails: [
        { email: oldEmail, purpose: 'confirm_by_old', newEmail, token: `old-${emailChangeId}` },
        taken
          ? { email: newEmail, purpose: 'address_taken', newEmail, token: null }
          : { email: newEmail, purpose: 'confirm_by_new', newEmail, token: `new-${emailChangeId}` },
      ],
    })
    return { emailChangeId, oldEmail, newEmail }
  }

  it('is asked of both addresses, of each with a link of its own', async () => {
    const { emailChangeId, oldEmail, newEmail } = ask()
    const { id } = await app.deliver(emailChangeRequested, { emailChangeId })
    await app.deliver(emailChangeRequested, { emailChangeId }, { id })
    expect(await settled(id)).toMatchObject([
      { template: 'email_change_new', status: 'sent', recipient: newEmail },
      { template: 'email_change_old', status: 'sent', recipient: oldEmail },
    ])
    const [[toOld, ...moreToOld], [toNew, ...moreToNew]] = await Promise.all([mailsTo(oldEmail), mailsTo(newEmail)])
    expect([...moreToOld, ...moreToNew]).toEqual([])
    expect(toOld?.text).toContain(`http://localhost:3000/confirm-email#token=old-${emailChangeId}\n`)
    expect(toOld?.text).toContain(`Neue Adresse: ${newEmail}`)
    expect(toOld?.text).toContain('Guten Tag Ada Lovelace,')
    expect(toNew?.text).toContain(`http://localhost:3000/confirm-email#token=new-${emailChangeId}\n`)
    expect(JSON.stringify(toOld)).not.toContain(`new-${emailChangeId}`)
    expect(JSON.stringify(toNew)).not.toContain(`old-${emailChangeId}`)
    const stored = await everythingStored()
    expect(stored).not.toContain(`old-${emailChangeId}`)
    expect(stored).not.toContain(`new-${emailChangeId}`)
  })

  it('tells the new address, which is not proved, nothing that the person typed or is', async () => {
    const { emailChangeId, oldEmail, newEmail } = ask({ name: 'You won a prize' })
    const { id } = await app.deliver(emailChangeRequested, { emailChangeId })
    await settled(id)
    const [mail] = await mailsTo(newEmail)
    expect(mail?.subject).toBe('Bestätigen Sie Ihre neue E-Mail-Adresse')
    expect(JSON.stringify(mail)).not.toContain('prize')
    expect(JSON.stringify(mail)).not.toContain(oldEmail)
  })

  it('to the address of another account is told to its owner, without a link that changes anything', async () => {
    const { emailChangeId, oldEmail, newEmail } = ask({ name: 'You won a prize', taken: true })
    const { id } = await app.deliver(emailChangeRequested, { emailChangeId })
    await settled(id)
    expect(await mailsTo(oldEmail)).toMatchObject([{ subject: 'Bestätigen Sie die Änderung Ihrer E-Mail-Adresse' }])
    const [mail] = await mailsTo(newEmail)
    expect(mail?.subject).toBe('Diese Adresse hat bereits ein Konto')
    expect(mail?.text).not.toContain('token=')
    expect(JSON.stringify(mail)).not.toContain('prize')
    expect(JSON.stringify(mail)).not.toContain(oldEmail)
  })

  it('that is over before its mails are written is asked of nobody', async () => {
    const { id } = await app.deliver(emailChangeRequested, { emailChangeId: newId() })
    expect(await settled(id)).toMatchObject([{ status: 'suppressed' }, { status: 'suppressed' }])
  })
})

describe('a security alert', () => {
  it('goes where auth says, once: after a change of address to the old one', async () => {
    const person = app.addPerson({ timeZone: 'Europe/Berlin' })
    const old = `${newId()}@old.example`
    const auditEntryId = app.addAlert(person, { action: 'email_changed', email: old })
    const { id } = await app.deliver(securityAlerted, { userId: person.id, auditEntryId })
    await app.deliver(securityAlerted, { userId: person.id, auditEntryId }, { id })
    expect(await settled(id)).toMatchObject([{ status: 'sent', recipient: old, userId: person.id }])
    expect(await mailsTo(person.email)).toEqual([])
    const [mail, ...more] = await mailsTo(old)
    expect(more).toEqual([])
    expect(mail?.subject).toBe('Your e-mail address was changed')
    expect(mail?.text?.replaceAll('\u202f', ' ')).toContain(
      'When: November 21, 2026 at 12:30 AM GMT+1\nDevice: Firefox, Linux\nIP address: 198.51.100.7\n',
    )
  })

  it('that was erased before it was sent is told to nobody', async () => {
    const person = app.addPerson()
    const auditEntryId = app.addAlert(person)
    await provider.shut()
    const { id } = await app.deliver(securityAlerted, { userId: person.id, auditEntryId })
    await until(
      () => app.ctx.db.select().from(message).where(eq(message.eventId, id)),
      ([row]) => row?.error != null,
    )
    app.alerts.delete(auditEntryId)
    await provider.open()
    expect(await settled(id)).toMatchObject([{ status: 'suppressed' }])
    expect(await mailsTo(person.email)).toEqual([])
  })
})
