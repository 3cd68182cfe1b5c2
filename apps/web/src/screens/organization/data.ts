import type { Organization } from '@lightpress/users-contract'
import { action, json, redirect } from '@solidjs/router'
import { actElsewhere } from '../../account/act-elsewhere.ts'
import { getOrganizations } from '../../account/data.ts'
import { read } from '../../api/read.ts'
import { users } from '../../api/users.ts'

export const getErasurePlan = read('erasure-plan', (id: string) => users.previewErasure({ id }))

/** What shows an organisation. */
const aboutIt = [getOrganizations.key, 'organization-activity']

export const renameOrganization = action(async (id: string, name: string) => {
  return json(await users.updateOrganization({ id, name }), { revalidate: aboutIt })
}, 'rename-organization')

export const setLogo = action(async (id: string, uploadId: string) => {
  return json(await users.setLogo({ id, uploadId }), { revalidate: aboutIt })
}, 'set-logo')

export const removeLogo = action(async (id: string) => {
  return json(await users.removeLogo({ id }), { revalidate: aboutIt })
}, 'remove-logo')

/** Whoever hands it on may less from then on, so everything is read again. */
export const transferOrganization = action(async (id: string, userId: string): Promise<Organization> => {
  return users.transferOrganization({ id, userId })
}, 'transfer-organization')

/** It is shut at once, and all that is in it goes in the background. */
export const eraseOrganization = action(async (id: string) => {
  await users.eraseOrganization({ id })
  await actElsewhere(id)
  throw redirect('/dashboard')
}, 'erase-organization')
