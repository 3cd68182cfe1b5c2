import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hashOf as hashOfFolder } from '../../src/bundle-hash.ts'
import { createAccount, hashOf, planOf, type Account } from './account.ts'

let account: Account
let dist: string
beforeEach(() => {
  account = createAccount('staging')
  account.writePlan({ ...planOf('staging'), web: true })
  dist = mkdtempSync(join(tmpdir(), 'lightpress-dist-'))
  mkdirSync(join(dist, 'app-assets'))
  for (const file of ['index.html', 'favicon.svg', 'app-assets/index-1.js']) writeFileSync(join(dist, file), file)
})
afterEach(() => {
  account.remove()
  rmSync(dist, { recursive: true })
})

const deployWeb = () => account.run('deploy-web', '--environment', 'staging', '--plan', account.plan, '--folder', dist)
const calls = () => account.calls().filter((call) => /^aws (s3|cloudfront)/.test(call))

describe('the web', () => {
  it('is put up with its page last, each with how long it may be kept; the page alone is fetched anew', async () => {
    const { code, output } = await deployWeb()
    expect(output).toContain('its page is fetched anew (I1)')
    expect(code).toBe(0)
    expect(calls().map((call) => call.replaceAll(dist, 'dist'))).toEqual([
      'aws s3 sync dist/app-assets s3://web-bucket/app-assets --no-progress --cache-control public,max-age=31536000,immutable --size-only',
      'aws s3 sync dist s3://web-bucket --no-progress --exclude app-assets/* --exclude index.html --cache-control public,max-age=3600',
      'aws s3 cp dist/index.html s3://web-bucket/index.html --cache-control no-cache --content-type text/html; charset=utf-8',
      'aws cloudfront create-invalidation --distribution-id E1 --paths / /index.html --output json',
    ])
    expect(account.readPlan().webHash).toBe(await hashOfFolder(dist))
  })

  it('stays as it is when nothing changed', async () => {
    account.writePlan(planOf('staging'))
    expect(await deployWeb()).toMatchObject({ code: 0, output: 'The web is as it was.\n' })
    expect(calls()).toEqual([])
  })

  it('is not put up when it is not what was tested', async () => {
    account.writePlan({ ...planOf('staging'), web: true, webHash: hashOf('what was tested') })
    const { code, output } = await deployWeb()
    expect(output).toContain('These files are not those that were tested in staging')
    expect(code).toBe(1)
    expect(calls()).toEqual([])
  })

  it('is not put up when it is not built', async () => {
    rmSync(join(dist, 'index.html'))
    const { code, output } = await deployWeb()
    expect(output).toMatch(/There is no index\.html in .*: build the web first/)
    expect(code).toBe(1)
    expect(calls()).toEqual([])
  })

  it.each([
    ['aws s3 sync', '/app-assets', 1],
    ['aws s3 sync', '--exclude', 2],
    ['aws s3 cp', '', 3],
    ['aws cloudfront', '', 4],
  ])('goes no further when `%s %s` fails', async (call, word, made) => {
    account.fail({ call, with: word, says: 'fatal error: Access Denied' })
    const { code, output } = await deployWeb()
    expect(output).toContain('Access Denied')
    expect(code).toBe(1)
    expect(calls()).toHaveLength(made)
    expect(account.readPlan()).not.toHaveProperty('webHash')
  })
})
