import { describe, expect, it, vi } from 'vitest'
import { requireUncommon } from '../src/common-passwords.ts'
import { commonPasswords } from '../src/common-passwords-list.ts'

const refusal = { code: 'invalid', reason: 'request.invalid', errors: [{ path: 'password' }] }
const ada = ['ada.lovelace@example.com', 'Ada Lovelace']

function check(password: string) {
  return requireUncommon(password, { path: 'password', about: ada })
}

describe('a password', () => {
  it('is refused when it is one of three thousand common ones that are long enough (OWASP ASVS 5.0, 6.2.4)', async () => {
    const common = commonPasswords.split('\n').filter((password) => password.length >= 12)
    expect(new Set(common).size).toBeGreaterThanOrEqual(3_000)
    for (const password of common) await expect(check(password), password).rejects.toMatchObject(refusal)
  })

  it.each([
    ['a common one in capitals', '1Q2W3E4R5T6Y'],
    ['a common word twice', 'passwordpassword'],
    ['a common word with leet letters', 'P@ssw0rd!2024'],
    ['one key, many times', 'aaaaaaaaaaaaaaaa'],
    ['keys that are neighbours', 'qwertyuiop[]'],
    ['a sequence', '123456789012'],
    ['our own name', 'lightpress123'],
    ['the name of the person', 'AdaLovelace1815'],
    ['the address of the person', 'ada.lovelace@example.com'],
  ])('is refused when it is %s', async (_what, password) => {
    await expect(check(password)).rejects.toMatchObject(refusal)
  })

  it.each(['correct horse battery staple', 'tr0ub4dor&3 rides again', 'wibble frob quux', 'ゆきがふるよるにひとり'])(
    'is taken when nobody would guess it: %s',
    async (password) => {
      await expect(check(password)).resolves.toBeUndefined()
    },
  )
})

describe('the lists', () => {
  it('are loaded anew after that failed', async () => {
    vi.resetModules()
    vi.doMock('../src/common-passwords-list.ts', () => {
      throw new Error('The disk is away.')
    })
    const fresh = await import('../src/common-passwords.ts')
    const ask = () => fresh.requireUncommon('password1234', { path: 'password', about: ada })
    await expect(ask()).rejects.not.toMatchObject(refusal)
    vi.doUnmock('../src/common-passwords-list.ts')
    await expect(ask()).rejects.toMatchObject(refusal)
  })
})
