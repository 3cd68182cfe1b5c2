import { decodeJwt } from 'jose'
import { mailTo, type Person, type Place } from './person.ts'

/** The least that is a picture: one pixel, as PNG. */
export const onePixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/** Of eighty characters each: Latin, Arabic, Chinese. */
export const longNames = [
  'Featherstonehaugh-Cholmondeley and Bartholomew of Wolverhampton Precision Optics',
  'شركة النور والأمل الدولية للتجارة والصناعة والخدمات اللوجستية المتكاملة المحدودة',
  '上海浦东新区陆家嘴金融贸易区世纪大道国际金融中心精密光学仪器制造有限责任公司'.padEnd(80, '及其全资子公司与附属机构'),
] as const

export function userIdOf({ accessToken }: Person): string {
  return decodeJwt(accessToken ?? '').sub ?? ''
}

export function makeOrganization({ users }: Person, name: string): Promise<{ id: string; name: string }> {
  return users.createOrganization({ name })
}

interface Invited {
  id: string
  email: string
  role?: 'member' | 'admin'
}

/** Invites somebody, and reads the link in the mail that they get. */
export async function linkOfInvitation(
  place: Place,
  { users }: Person,
  { id, email, role = 'member' }: Invited,
): Promise<string> {
  await users.inviteMember({ id, email, role })
  const { html } = await mailTo(place, email, (mail) => mail.html?.includes('/invitation#token=') ?? false)
  return /https?:[^"]*\/invitation#token=[^"&\s]+/.exec(html ?? '')?.[0] ?? ''
}

/** Somebody with an account is invited, and comes. */
export async function join(place: Place, owner: Person, person: Person, { id }: Pick<Invited, 'id'>): Promise<void> {
  const link = await linkOfInvitation(place, owner, { id, email: person.email })
  await person.users.acceptInvitation({ token: decodeURIComponent(link.split('#token=')[1] ?? '') })
}
