// An invitation on its whole way, through the mail: to somebody without an account, and to somebody with one.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mailTo, newPerson, signUp, take, type Person } from './support/person.ts'
import { topologies, type Product } from './support/topologies.ts'

for (const { name, start } of topologies) {
  describe(`an invitation, ${name}`, () => {
    let stack: Product
    let ada: Person
    let id: string
    beforeAll(async () => {
      stack = await start()
      ada = await signUp(stack, 'Ada Lovelace')
      id = (await ada.users.createOrganization({ name: 'Analytical Engines' })).id
    })
    afterAll(() => stack?.stop())

    async function tokenFor({ email }: Person) {
      const { html } = await mailTo(stack, email, ({ html }) => html?.includes('/invitation#token=') ?? false)
      return decodeURIComponent(/\/invitation#token=([^"&\s]+)/.exec(html ?? '')?.[1] ?? '')
    }

    it('makes the account of somebody who has none, and begins in the organisation', async () => {
      const grace = newPerson(stack, 'Grace Hopper')
      await ada.users.inviteMember({ id, email: grace.email, role: 'admin' })
      const token = await tokenFor(grace)
      expect(await grace.users.previewInvitation({ token })).toMatchObject({
        organizationName: 'Analytical Engines',
        inviterName: 'Ada Lovelace',
        email: grace.email,
      })
      const { password } = grace
      const registered = await grace.auth.registerByInvitation({ token, name: grace.name, password })
      expect(registered.user).toMatchObject({ email: grace.email, organizationId: id, role: 'admin' })
      take(grace, registered)
      expect(await grace.users.getOrganization({ id })).toMatchObject({ role: 'admin', memberCount: 2 })
      expect((await grace.users.listOrganizations({})).items).toHaveLength(2)
    })

    it('lets in whoever has the address, and nobody else', async () => {
      const alan = await signUp(stack, 'Alan Turing')
      const eve = await signUp(stack, 'Eve')
      await ada.users.inviteMember({ id, email: alan.email, role: 'member' })
      const token = await tokenFor(alan)
      await expect(eve.users.acceptInvitation({ token })).rejects.toMatchObject({
        reason: 'users.invitation_for_another',
      })
      const account = { token, name: 'Eve', password: 'four quiet lanterns drift' }
      await expect(eve.auth.registerByInvitation(account)).rejects.toMatchObject({ reason: 'auth.email_taken' })
      expect(await alan.users.acceptInvitation({ token })).toMatchObject({ id, role: 'member', memberCount: 3 })
      const { items } = await ada.users.listMembers({ id })
      expect(items.map(({ name }) => name)).toEqual(['Ada Lovelace', 'Grace Hopper', 'Alan Turing'])
    })

    it('is one too many where the plan has no seat for it', async () => {
      for (const { email } of [newPerson(stack), newPerson(stack)])
        await ada.users.inviteMember({ id, email, role: 'member' })
      const { email } = newPerson(stack)
      await expect(ada.users.inviteMember({ id, email, role: 'member' })).rejects.toMatchObject({
        reason: 'users.seat_limit',
      })
    })
  })
}
