import { describe, expect, it } from 'vitest'
import { deviceOf } from '../src/devices.ts'

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const safari = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'

describe('a device', () => {
  it.each([
    [
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Chrome/142.0.0.0 Safari/537.36`,
      'Chrome',
      'macOS',
      'desktop',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0',
      'Firefox',
      'Windows',
      'desktop',
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0`,
      'Microsoft Edge',
      'Windows',
      'desktop',
    ],
    [
      `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webkit} Chrome/142.0.0.0 Safari/537.36`,
      'Chrome',
      'Chrome OS',
      'desktop',
    ],
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${safari} Version/18.5 Mobile/15E148 Safari/604.1`,
      'Safari',
      'iOS',
      'phone',
    ],
    [
      `Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) ${safari} Version/17.5 Mobile/15E148 Safari/604.1`,
      'Safari',
      'iOS',
      'tablet',
    ],
    [
      `Mozilla/5.0 (Linux; Android 10; K) ${webkit} Chrome/142.0.0.0 Mobile Safari/537.36`,
      'Chrome',
      'Android',
      'phone',
    ],
    ['curl/8.5.0', 'curl', null, 'program'],
    ['undici', 'undici', null, 'program'],
    ['node', 'node', null, 'program'],
    ['python-requests/2.32.3', 'python-requests', null, 'program'],
    ['acme-app/1.0 (iPhone; iOS 18.0)', 'acme-app', 'iOS', 'phone'],
    ['Mozilla/5.0', null, null, 'unknown'],
    ['<script>alert(1)</script>', null, null, 'unknown'],
    ['   ', null, null, 'unknown'],
    ['', null, null, 'unknown'],
    [null, null, null, 'unknown'],
  ])('that says %j', (userAgent, browser, system, kind) => {
    expect(deviceOf(userAgent)).toEqual({ browser, system, kind })
  })

  it('may say anything', () => {
    for (let code = 0; code < 256; code++) {
      const said = `Mozilla/5.0 (${String.fromCharCode(code).repeat(280)}`
      expect(deviceOf(said)).toMatchObject({ kind: 'unknown' })
    }
  })
})
