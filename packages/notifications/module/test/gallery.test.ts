import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createGallery } from '../mails/gallery.ts'
import { samples } from '../mails/samples.ts'

const server = createGallery('http://localhost:3000')
let url: string
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

it('shows every mail in every language, as mail programs get it', async () => {
  const page = await (await fetch(url)).text()
  expect(samples.filter(({ name }) => !page.includes(`href="/${name}?`))).toEqual([])
  for (const { name } of samples) {
    const shown = await (await fetch(`${url}/${name}`)).text()
    for (const locale of ['en', 'de', 'fr']) {
      expect(shown).toContain(`src="/${name}.${locale}.html?theme=light"`)
      const html = await (await fetch(`${url}/${name}.${locale}.html`)).text()
      expect(html).toContain(`lang="${locale}"`)
    }
  }
})

it('is dark when that is asked for, with its links and mails', async () => {
  const page = await (await fetch(`${url}/receipt?theme=dark`)).text()
  expect(page).toContain('data-theme="dark"')
  expect(page).toContain('href="/digest?theme=dark"')
  expect(page).toContain('src="/receipt.de.html?theme=dark"')
  const mail = async (theme: string) => (await fetch(`${url}/receipt.de.html?theme=${theme}`)).text()
  expect(await mail('dark')).toContain('@media all {')
  expect(await mail('light')).toContain('@media not all {')
})

it.each(['/nothing', '/receipt.xx.html', '/%00'])('knows no %s', async (path) => {
  expect((await fetch(url + path)).status).toBe(404)
})
