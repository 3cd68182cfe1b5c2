import { encode } from 'uqr'
import { expect, it } from 'vitest'
import { timeLeft } from '../src/layouts/app/time-left.ts'
import { inGroups } from '../src/screens/security/in-groups.ts'
import { qrPath } from '../src/screens/security/qr-path.ts'
import { codesAsText, fewCodes } from '../src/screens/security/recovery-codes.ts'

it('draws each dark module of a QR code once, and no light one', () => {
  const { data } = encode('otpauth://totp/Lightpress:ada?secret=JBSWY3DPEHPK3PXP')
  const drawn = new Set<string>()
  for (const [, x, y, length] of qrPath(data).matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let at = 0; at < Number(length); at++) {
      expect(drawn.has(`${Number(x) + at} ${y}`)).toBe(false)
      drawn.add(`${Number(x) + at} ${y}`)
    }
  }
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`${x} ${y}`] : [])))
  expect([...drawn].toSorted()).toEqual(dark.toSorted())
})

it('writes a secret in fours', () => {
  expect(inGroups('ABCDEFGHIJ')).toBe('ABCD EFGH IJ')
})

it('warns from two recovery codes on, and whoever has none for want of a factor is not warned', () => {
  expect([null, 10, 3, 2, 0].map(fewCodes)).toEqual([false, false, false, true, true])
  const text = codesAsText(['a-b', 'c-d'], { email: 'ada@example.com', at: new Date('2026-11-20T12:00:00Z') })
  expect(text).toContain('ada@example.com')
  expect(text).toContain('\na-b\nc-d\n')
})

it('says how long an impersonation lasts, in minutes begun', () => {
  const end = '2026-11-20T12:00:00.000Z'
  expect(timeLeft(end, Date.parse(end) - 41 * 60_000 - 1)).toBe('Ends in 42 min.')
  expect(timeLeft(end, Date.parse(end))).toBe('It is over.')
})
