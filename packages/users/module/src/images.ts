import { identityOf, type RawHttp, type Tx } from '@lightpress/kernel'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
import type { Ops, UsersContext } from './context.ts'
import { doomFile } from './files.ts'
import { holdOrganization, requireRole } from './organization-access.ts'
import { readOwn } from './organizations.ts'
import { holdPerson, toProfile } from './people.ts'
import { keepPicture } from './pictures/keep-picture.ts'
import { recordActivity } from './record-activity.ts'
import { organization, person } from './schema.ts'

export async function setAvatar(
  { input, request }: RawHttp<Ops['setAvatar']>,
  ctx: UsersContext,
): Promise<Output<Ops['setAvatar']>> {
  const { userId } = identityOf(ctx)
  return keepPicture(
    { request, ...input, use: 'avatar', whose: { userId } },
    (tx, name) => pointAvatar(tx, { userId, name }),
    ctx,
  )
}

export async function removeAvatar(
  _input: Input<Ops['removeAvatar']>,
  ctx: UsersContext,
): Promise<Output<Ops['removeAvatar']>> {
  return ctx.withTx((tx) => pointAvatar(tx, { userId: identityOf(ctx).userId, name: null }))
}

export async function setLogo(
  { input: { id, uploadId }, request }: RawHttp<Ops['setLogo']>,
  ctx: UsersContext,
): Promise<Output<Ops['setLogo']>> {
  // Asked before anything is read and unpacked, and held to once there is something to point at.
  await requireRole({ id, atLeast: 'admin', what: CHANGE_LOGO }, ctx)
  return keepPicture(
    { request, uploadId, use: 'logo', whose: { organizationId: id } },
    (tx, name) => pointLogo(tx, { id, name }, ctx),
    ctx,
  )
}

export async function removeLogo(
  { id }: Input<Ops['removeLogo']>,
  ctx: UsersContext,
): Promise<Output<Ops['removeLogo']>> {
  return ctx.withTx((tx) => pointLogo(tx, { id, name: null }, ctx))
}

const CHANGE_LOGO = 'change its logo'

async function pointAvatar(tx: Tx, { userId, name }: { userId: string; name: string | null }) {
  const before = await holdPerson(tx, userId)
  if (before.avatar === name) return toProfile(before)
  await tx.update(person).set({ avatar: name }).where(eq(person.id, userId))
  if (before.avatar !== null) await doomFile(tx, before.avatar)
  return toProfile({ ...before, avatar: name })
}

async function pointLogo(tx: Tx, { id, name }: { id: string; name: string | null }, ctx: UsersContext) {
  const { organization: before } = await holdOrganization(tx, { id, atLeast: 'admin', what: CHANGE_LOGO }, ctx)
  if (before.logo !== name) {
    await tx.update(organization).set({ logo: name }).where(eq(organization.id, id))
    if (before.logo !== null) await doomFile(tx, before.logo)
    await recordActivity(tx, { organizationId: id, action: name === null ? 'logo_removed' : 'logo_changed' }, ctx)
  }
  return readOwn(id, ctx, tx)
}

/**
 * Pictures are public, for they stand in mails and pages of others; whoever has the name was given it. A name shows the
 * same for ever, but not for ever: of whoever has theirs removed, or is erased, no cache shows one for longer than a day.
 */
export async function getImage(
  { input: { name }, request, reply }: RawHttp<Ops['getImage']>,
  { storage }: UsersContext,
): Promise<undefined> {
  // Of what else lies in the storage nothing has such a name.
  const size = isImageName(name) ? await storage.size(name) : null
  if (size === null) throw imageNotFound()
  const etag = `"${name}"`
  reply.headers({ 'cache-control': 'public, max-age=86400', etag })
  if (request.headers['if-none-match']?.includes(etag)) return void reply.code(304).send()
  const found = await storage.read(name)
  if (!found) throw imageNotFound()
  reply.headers({ 'content-type': 'image/webp', 'content-length': found.size })
  void reply.send(found.body)
}

function isImageName(name: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\.webp$/.test(name)
}

function imageNotFound(): AppError {
  return new AppError('not_found', 'users.image_not_found', 'There is no such picture.')
}
