import { newId } from '@lightpress/kernel'
import { readMails } from '@lightpress/mailbox'
import { notifications as contract } from '@lightpress/notifications-contract'
import { until } from '@lightpress/testing'
import { erasureFinished, exportReady, invitationSent, membershipChanged } from '@lightpress/users-contract'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message } from '../src/schema.ts'
import { startNotifications, type App } from './support/app.ts'
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

const mailsTo = async (email: string) => (await readMails(provider.mailbox)).filter(({ to }) => to.includes(email))

function settled(eventId: string) {
  return until(
    () => app.ctx.db.select().from(message).where(eq(message.eventId, eventId)),
    (rows) => rows.length > 0 && rows.every(({ status }) => status !== 'pending'),
  )
}

const inbox = async (userId: string) => (await app.inboxOf(userId).listNotifications()).items

describe('an invitation', () => {
  function invite() {
    const [invitationId, email] = [newId(), `${newId()}@example.com`]
    app.invitations.set(invitationId, {
      email,
      locale: 'de',
      organizationName: 'Analytical Engines',
      inviterName: 'Ada Lovelace',
      role: 'member',
      expiresAt: '2026-11-27T12:00:00Z',
      token: `token-${invitationId}`,
    })
    return { invitationId, email }
  }

  it('is written once to its address, though the event comes twice', async () => {
    const { invitationId, email } = invite()
    const { id } = await app.deliver(invitationSent, { invitationId })
    await app.deliver(invitationSent, { invitationId }, { id })
    expect(await settled(id)).toMatchObject([{ template: 'invitation', status: 'sent', recipient: email }])
    const [mail, ...more] = await mailsTo(email)
    expect(more).toEqual([])
    expect(mail?.subject).toBe('Arbeiten Sie mit Analytical Engines auf Lightpress')
    expect(mail?.text).toContain(`/invitation#token=token-${invitationId}\n`)
  })

  it('is written again each time that it is sent again', async () => {
    const { invitationId, email } = invite()
    await settled((await app.deliver(invitationSent, { invitationId })).id)
    await settled((await app.deliver(invitationSent, { invitationId })).id)
    expect(await mailsTo(email)).toHaveLength(2)
  })

  it('that was revoked before its mail was written is written to nobody', async () => {
    const { id } = await app.deliver(invitationSent, { invitationId: newId() })
    expect(await settled(id)).toMatchObject([{ status: 'suppressed', recipient: null }])
  })
})

describe('who is in an organisation', () => {
  const people = () => [app.addPerson({ name: 'Olu' }), app.addPerson({ name: 'Mia', locale: 'fr' })] as const

  it.each([
    ['joined', 'member', 'Mia joined Analytical Engines'],
    ['left', null, 'Mia left Analytical Engines'],
  ] as const)(
    'is told to those who look after it when somebody has %s, and not to who it was',
    async (change, role, title) => {
      const [owner, member] = people()
      const organizationId = app.addOrganization([owner])
      await app.deliver(membershipChanged, { organizationId, userId: member.id, change, role, actorId: member.id })
      expect(await inbox(owner.id)).toMatchObject([{ title, category: 'account' }])
      expect(await inbox(member.id)).toEqual([])
    },
  )

  it('is told no more of whoever is erased, to anybody', async () => {
    const owner = app.addPerson()
    const [member, other] = [app.addPerson({ name: 'Zerafina' }), app.addPerson({ name: 'Olu' })]
    const organizationId = app.addOrganization([owner])
    const said = { organizationId, change: 'joined', role: 'member' } as const
    for (const { id } of [member, other]) await app.deliver(membershipChanged, { ...said, userId: id, actorId: id })
    await app.deliver(membershipChanged, { ...said, userId: member.id, change: 'role', actorId: owner.id })
    const { describeErasure, eraseData } = app.callAs('users', contract)
    const subject = { kind: 'person' as const, id: member.id }
    const { items: foreseen } = await describeErasure({ subjects: [subject] })
    const { items } = await eraseData({ subject, erasureId: newId(), batch: 0 })
    expect(items).toEqual(foreseen)
    expect(items).toMatchObject([
      { name: 'notices to others about joining and leaving', count: 1, outcome: 'deleted' },
      { name: 'news to others about joining and leaving', count: 1, outcome: 'deleted' },
      { name: 'news in digests', count: 1 },
      { name: 'digests', count: 1 },
      { name: 'notifications', count: 1 },
      { name: 'inbox counter', count: 1 },
    ])
    expect(await inbox(owner.id)).toMatchObject([{ title: 'Olu joined Analytical Engines' }])
  })

  it.each([
    ['role', 'admin', 'Votre rôle dans Analytical Engines a changé'],
    ['removed', null, 'Vous ne faites plus partie de Analytical Engines'],
    ['ownership', 'owner', 'Analytical Engines est maintenant à vous'],
  ] as const)(
    'is told to whom it is about (%s), in their language, and not to who did it',
    async (change, role, title) => {
      const [owner, member] = people()
      const organizationId = app.addOrganization([owner])
      await app.deliver(membershipChanged, { organizationId, userId: member.id, change, role, actorId: owner.id })
      expect(await inbox(member.id)).toMatchObject([{ title }])
      expect(await inbox(owner.id)).toEqual([])
    },
  )

  it('is told to nobody of what somebody did to themselves', async () => {
    const [owner] = people()
    const organizationId = app.addOrganization([owner])
    const about = { organizationId, userId: owner.id, actorId: owner.id }
    await app.deliver(membershipChanged, { ...about, change: 'joined', role: 'owner' })
    await app.deliver(membershipChanged, { ...about, change: 'ownership', role: 'admin' })
    expect(await inbox(owner.id)).toEqual([])
  })

  it('is told to nobody once the organisation, or the person, is no more', async () => {
    const [owner, member] = people()
    const about = { userId: member.id, change: 'removed', role: null, actorId: owner.id } as const
    expect(await app.deliver(membershipChanged, { ...about, organizationId: newId() })).toMatchObject({ state: 'done' })
    const organizationId = app.addOrganization([owner])
    const gone = { ...about, organizationId, userId: newId(), change: 'left' } as const
    expect(await app.deliver(membershipChanged, gone)).toMatchObject({ state: 'done' })
    expect([...(await inbox(member.id)), ...(await inbox(owner.id))]).toEqual([])
  })
})

describe('an export', () => {
  it('that is ready is told by mail, with a link to where it is', async () => {
    const [exportId, person] = [newId(), app.addPerson()]
    app.exports.set(exportId, { userId: person.id, organizationId: newId(), organizationName: 'Analytical Engines' })
    const { id } = await app.deliver(exportReady, { exportId })
    expect(await settled(id)).toMatchObject([{ template: 'export_ready', status: 'sent', recipient: person.email }])
    expect((await mailsTo(person.email))[0]?.text).toContain('http://localhost:3000/organization\n')
  })
})

describe('the receipt of an erasure', () => {
  it('goes to whoever asked for it, and where it went is written down nowhere', async () => {
    const [erasureId, email] = [newId(), `${newId()}@example.com`]
    app.erasures.set(erasureId, {
      email,
      name: 'Ada Lovelace',
      locale: 'en',
      timeZone: 'UTC',
      subject: 'person',
      organizationName: null,
      finishedAt: '2026-11-20T12:00:00Z',
      items: [{ module: 'auth', name: 'sessions', count: 3, outcome: 'deleted', because: null }],
    })
    const { id } = await app.deliver(erasureFinished, { erasureId })
    const [row] = await settled(id)
    expect(row).toMatchObject({ status: 'sent', recipient: null })
    expect(JSON.stringify(row)).not.toContain(email)
    expect((await mailsTo(email))[0]?.text).toContain('sessions: 3 deleted\n')
  })
})
