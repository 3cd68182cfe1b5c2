import { AuditAction, type Device } from '@lightpress/auth-contract'
import { expect, it } from 'vitest'
import { activityWords } from '../src/screens/security/activity-words.ts'
import { deviceName } from '../src/screens/security/device-name.ts'

const unknown = { browser: null, system: null, kind: 'unknown' } as const

it.each<[Device, string]>([
  [{ browser: 'Chromium', system: 'Linux', kind: 'desktop' }, 'Chromium on Linux'],
  [{ browser: 'curl', system: null, kind: 'program' }, 'curl'],
  [{ browser: null, system: 'Linux', kind: 'program' }, 'A program on Linux'],
  [{ browser: null, system: null, kind: 'program' }, 'A program'],
  [{ browser: null, system: 'Android', kind: 'phone' }, 'Something on Android'],
  [unknown, 'Unknown device'],
])('calls %j %s', (device, name) => {
  expect(deviceName(device)).toBe(name)
})

it('has words of its own for every act that is about a person', () => {
  const ofTheProduct = ['signing_key_made', 'signing_key_retired', 'audit_exported']
  const acts = AuditAction.options.filter((action) => !ofTheProduct.includes(action))
  const titles = acts.map((action) => activityWords(action).title)
  expect(new Set(titles).size).toBe(acts.length)
  expect(titles).not.toContain(activityWords('of_a_newer_server').title)
})

it('has words for an act that only a newer server knows', () => {
  expect(activityWords('of_a_newer_server')).toEqual(activityWords('toString'))
  expect(activityWords('toString').title).not.toBe('')
})
