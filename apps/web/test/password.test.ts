import { expect, it } from 'vitest'
import { passwordError, passwordRules } from '../src/ui/password.ts'

const ada = ['Ada Lovelace', 'countess@example.com']

it('takes a long one that has nothing to do with the person', () => {
  expect(passwordError('correct horse battery', ada)).toBeUndefined()
})

it('refuses a short one and says so', () => {
  expect(passwordError('elevenchars', ada)).toBe('Choose another one: 12 characters or more.')
})

it('counts characters as people do, not code units', () => {
  expect(passwordError('🦊🦉🐢🐬🐝🐙')).toBe('Choose another one: 12 characters or more.')
})

it('refuses name and address in any case, but not their short words', () => {
  expect(passwordError('xx-LOVELACE-2026', ada)).toContain('not your name')
  expect(passwordError('my-countess-key1', ada)).toContain('not your name')
  expect(passwordError('canada goes north', ada)).toBeUndefined()
})

it('takes words that only contain one of the name, and those of the provider of the mailbox', () => {
  expect(passwordError('bellflowers by the sea', ['Graham Bell', 'graham@example.com'])).toBeUndefined()
  expect(passwordError('an example for everyone', ada)).toBeUndefined()
})

it('refuses a few characters over and over', () => {
  expect(passwordError('abababababababab')).toContain('over and over')
  expect(passwordError('            ')).toContain('over and over')
})

it('takes any composition: few different characters, spaces, one kind of letter', () => {
  for (const password of ['gattacacattagatc', 'a b  a   c b  c a', 'ПАРОЛЬИЗБУКВ']) {
    expect(passwordError(password)).toBeUndefined()
  }
})

it('says nothing of a name that it does not know', () => {
  expect(passwordRules('correct horse battery').map(({ label }) => label)).toEqual([
    '12 characters or more',
    'Not the same over and over',
  ])
})

it('shows nothing as met before something is typed', () => {
  expect(passwordRules('', ada).map(({ met }) => met)).toEqual([false, false, false])
})
