import { createServer, type Server } from 'node:http'
import { renderMail } from '../src/mails/render.ts'
import { galleryPage, locales, type Theme } from './gallery-page.ts'
import { samples } from './samples.ts'

// Every mail in every language, to look at while one is written: `npm start` shows it under "Mails".

/** `/<mail>` shows it in all languages, `/<mail>.<locale>.html` is what a mail program is given. */
export function createGallery(publicUrl: string): Server {
  return createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://gallery')
    const [name = '', locale] = pathname.slice(1).split('.')
    const sample = samples.find((one) => one.name === name)
    const language = locales.find((one) => one === locale)
    if (pathname === '/') return response.writeHead(302, { location: `/${samples[0]?.name}` }).end()
    if (!sample || (locale !== undefined && !language)) return response.writeHead(404).end()
    response.setHeader('content-type', 'text/html; charset=utf-8')
    const theme: Theme = searchParams.get('theme') === 'dark' ? 'dark' : 'light'
    if (language) {
      const { html } = renderMail(sample.write({ locale: language, publicUrl }), publicUrl)
      return response.end(inTheme(html, theme))
    }
    return response.end(galleryPage(sample, { publicUrl, theme }))
  })
}

/** As it is where people like it dark, or light, whatever whoever looks at the gallery likes. */
function inTheme(html: string, theme: Theme): string {
  return html.replaceAll('(prefers-color-scheme: dark)', theme === 'dark' ? 'all' : 'not all')
}

if (import.meta.main) {
  const { HOST = '127.0.0.1', PORT = '4100', PUBLIC_URL = 'http://localhost:3000' } = process.env
  const server = createGallery(PUBLIC_URL).listen(Number(PORT), HOST)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      server.closeAllConnections()
      server.close()
    })
  }
}
