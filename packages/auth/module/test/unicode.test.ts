import { newId } from '@lightpress/kernel'
import type { Problem } from '@lightpress/protocol'
import type { RunningModule } from '@lightpress/testing'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { account, registration } from '../src/schema.ts'
import { askForReset, readChangeMails } from './links.ts'
import { bearer, createAccount, createBrowser, newEmail, password, signUp, start } from './support.ts'

let app: RunningModule

beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())

function db() {
  return app.contextFor('auth').db
}

/** One address as it is stored, and spellings of it that a person or an attacker may send. */
function spellings() {
  const local = `ada.${newId()}`
  const wide = [...local]
    .map((letter) => (/[a-z0-9]/.test(letter) ? String.fromCodePoint(letter.codePointAt(0)! + 0xfee0) : letter))
    .join('')
  return {
    stored: `${local}@xn--bcher-kva.example`,
    others: [
      `${wide}@bücher.example`,
      `${local}@BÜCHER.example`,
      `${local}＠bu\u0308cher.example`,
      ` ${local}@xn--bcher-kva.example `,
      `${local.toUpperCase()}@Xn--Bcher-Kva.Example`,
    ],
  }
}

describe('an address in Unicode', () => {
  it('is stored, compared and written to in one form', async () => {
    const { stored, others } = spellings()
    const browser = createBrowser(app.baseUrl)
    const [first = '', ...rest] = others
    await browser.post('/v1/auth/sign-up', { email: first, password, name: 'Ada' })
    const { token } = await signUp(app, browser, stored)
    expect(await db().$count(registration, eq(registration.email, stored))).toBe(2)
    const { status, body } = await browser.post('/v1/auth/email/verify', { token })
    expect({ status, email: body.user.email }).toEqual({ status: 200, email: stored })

    for (const email of [first, ...rest]) {
      const signedIn = await createBrowser(app.baseUrl).post('/v1/auth/sign-in', { email, password })
      expect(signedIn).toMatchObject({ status: 200, body: { user: { id: body.user.id } } })
    }
    const { answer } = await askForReset(app, stored)
    expect(answer.status).toBe(202)
  })

  it('is the same to a reset and to a change of address', async () => {
    const { stored, others } = spellings()
    const [first = '', second = ''] = others
    const { user, accessToken } = await createAccount(app)
    const browser = createBrowser(app.baseUrl)
    const asked = await browser.post<{ change: { newEmail: string } }>(
      '/v1/auth/email/change',
      { email: first },
      bearer(accessToken),
    )
    expect(asked.body.change.newEmail).toBe(stored)
    const mails = await readChangeMails(app, user.id)
    for (const token of [mails.old, mails.new]) await browser.post('/v1/auth/email/change/confirm', { token })
    expect(await db().select().from(account).where(eq(account.userId, user.id))).toMatchObject([
      { email: stored, emailKey: stored },
    ])
    await browser.post('/v1/auth/password/forgot', { email: second })
    expect((await askForReset(app, stored)).mail).toMatchObject({ userId: user.id, email: stored })
  })
})

describe('a name', () => {
  const signUpAs = (name: string) =>
    createBrowser(app.baseUrl).post<Problem>('/v1/auth/sign-up', { email: newEmail(), password, name })

  it.each([
    ['turns the text around', 'Ada \u202Eecalevol'],
    ['isolates a direction', 'Ada \u2066Lovelace'],
    ['has a control character', 'Ada\u0007Lovelace'],
    ['has a NUL', 'Ada\u0000'],
    ['has a line break', 'Ada\nLovelace'],
    ['has a separator of lines', 'Ada\u2028Lovelace'],
    ['has a space of no width', 'Ada\u200BLovelace'],
    ['has half a character', 'Ada \uD800'],
    ['has a byte-order mark inside', 'Ada\uFEFFLovelace'],
    ['is empty but for spaces', ' \u3000 '],
  ])('that %s is refused, with its field', async (_, name) => {
    const { status, body } = await signUpAs(name)
    expect({ status, paths: body.errors?.map(({ path }) => path) }).toEqual({ status: 400, paths: ['name'] })
  })

  it.each(['Zoë O’Neill-Nagy', '李小龍', 'محمد علي', '👩‍👩‍👧 Family', 'José'])('is welcome as %s', async (name) => {
    expect((await signUpAs(name)).status).toBe(201)
  })

  it('composed in another way is the same name', async () => {
    const email = newEmail()
    await createBrowser(app.baseUrl).post('/v1/auth/sign-up', { email, password, name: ' Zoe\u0308 ' })
    expect(await db().select().from(registration).where(eq(registration.email, email))).toMatchObject([{ name: 'Zoë' }])
  })
})
