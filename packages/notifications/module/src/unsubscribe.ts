import { ownOrigin, type RawHttp } from '@lightpress/kernel'
import type { notifications } from '@lightpress/notifications-contract'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import { Readable } from 'node:stream'
import { changeChoice, forgetIfGone, readChoices } from './choices.ts'
import type { NotificationsContext } from './context.ts'
import { isOff, switchOff, switchOn } from './preference-rules.ts'
import { readPerson } from './recipients.ts'
import { readUnsubscribeToken, type Unsubscription } from './unsubscribe-token.ts'

type Ops = (typeof notifications)['operations']

/**
 * Whoever has the mail may stop others like it: nobody is asked who they are, and no cookie counts, so it may come from
 * anywhere. Mail programs post a form to the address in the mail's header, our page posts JSON and can take it back.
 */
export async function unsubscribe(
  { input, request: { body, headers } }: RawHttp<Ops['unsubscribe']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['unsubscribe']>> {
  const { userId, what, address } = await find(input.token, ctx)
  const isForm = body instanceof Readable
  if (isForm && !(await isOneClick(body, headers['content-type']))) throw notOneClick()
  const change = input.undo && !isForm ? switchOn : switchOff
  await ctx.withTx((tx) => changeChoice(tx, userId, (choice) => ({ categories: change(what, choice) })))
  await forgetIfGone(userId, ctx)
  return { category: what, channel: 'email', address }
}

/** Programs that look at every link of a mail must change nothing by it, so it leads to our page, which asks. */
export async function openUnsubscribe(
  { input, request, reply }: RawHttp<Ops['openUnsubscribe']>,
  ctx: NotificationsContext,
): Promise<undefined> {
  reply.redirect(`${ownOrigin(request, ctx)}/unsubscribe#token=${encodeURIComponent(input.token)}`)
}

export async function readUnsubscribe(
  { token }: Input<Ops['readUnsubscribe']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['readUnsubscribe']>> {
  const { userId, what, address } = await find(token, ctx)
  const choices = await readChoices(ctx.db, [userId])
  return { category: what, channel: 'email', address, off: isOff(what, choices(userId)) }
}

/** Of somebody who is gone as much is said as to whoever made a token up. */
async function find(token: string, ctx: NotificationsContext): Promise<Unsubscription & { address: string }> {
  const found = readUnsubscribeToken(token, ctx.secrets)
  const person = found && (await readPerson(found.userId, ctx))
  if (person) return { ...found, address: shorten(person.email) }
  throw new AppError(
    'invalid',
    'notifications.unsubscribe_token_invalid',
    'This link is not whole, or its account does not exist any more. Open it in the mail once more, or sign in and choose in your preferences what you hear of.',
  )
}

/** `a…@example.com`: enough to know one's own, for whoever is handed the mail. */
function shorten(email: string): string {
  const at = email.lastIndexOf('@')
  return `${[...email.slice(0, at)][0] ?? ''}…${email.slice(at)}`
}

/** Bytes of a form that says one thing. */
const MAX_FORM = 4 * 1024

/** RFC 8058, 3.1: `List-Unsubscribe=One-Click`, encoded as a form of either kind. */
async function isOneClick(body: Readable, contentType = ''): Promise<boolean> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_FORM) return false
    chunks.push(chunk)
  }
  const form = Buffer.concat(chunks).toString()
  if (contentType.startsWith('multipart/form-data')) return ONE_CLICK_PART.test(form)
  return new URLSearchParams(form).get('List-Unsubscribe') === 'One-Click'
}

/** The one field, as a part of a form has it (RFC 7578): its name, perhaps other headers, an empty line, what it says. */
const ONE_CLICK_PART = /; name="List-Unsubscribe"(?:\r\n[^\r\n]+)*\r\n\r\nOne-Click\r\n--/

function notOneClick(): AppError {
  return new AppError('invalid', 'request.invalid', 'Send List-Unsubscribe=One-Click as a form (RFC 8058), or JSON.')
}
