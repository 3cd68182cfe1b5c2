import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createAccount, digestOf, type Account } from './account.ts'

let account: Account
let bin: string
beforeEach(() => {
  account = createAccount('staging')
  bin = mkdtempSync(join(tmpdir(), 'lightpress-trivy-'))
  const trivy = `#!/bin/sh\nfor last; do :; done; echo "$last" >>"${bin}/scanned"\necho '{"Results":[]}'\n`
  writeFileSync(join(bin, 'trivy'), trivy, { mode: 0o755 })
  vi.stubEnv('PATH', [bin, process.env.PATH].join(delimiter))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(bin, { recursive: true })
  account.remove()
})

const scan = (environment: string) => account.run('scan', '--deployed', environment)

it('a scan of what runs is of each image by its digest', async () => {
  const { code, output } = await scan('staging')
  expect(output).toContain('The scan found nothing that may not be.')
  expect(code).toBe(0)
  const images = account.target.services.map(({ module, repository }) => `${repository}@${digestOf(`${module} old`)}`)
  expect(readFileSync(join(bin, 'scanned'), 'utf8').trim().split('\n')).toEqual(images)
})

it('a scan of what runs fails where nothing does, since nothing was scanned', async () => {
  account.change(({ parameters }) => Reflect.deleteProperty(parameters, '/lightpress/staging/deployed'))
  const { code, output } = await scan('staging')
  expect(output).toContain('Nothing at all was scanned.')
  expect(code).toBe(1)
})
