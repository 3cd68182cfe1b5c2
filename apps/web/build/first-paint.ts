import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { HtmlTagDescriptor, Plugin } from 'vite'

const script = fileURLToPath(new URL('../src/first-paint.js', import.meta.url))

/**
 * What the document needs before its first paint: the theme's classic script, and the font's file asked for
 * before the stylesheet that names it is read.
 */
export function firstPaint(): Plugin {
  let base = '/'
  let building = false
  let reference = ''
  return {
    name: 'lightpress:first-paint',
    configResolved(config) {
      base = config.base
      building = config.command === 'build'
    },
    buildStart() {
      if (!building) return
      this.addWatchFile(script)
      reference = this.emitFile({ type: 'asset', name: 'first-paint.js', source: readFileSync(script, 'utf8') })
    },
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle }): HtmlTagDescriptor[] {
        if (!bundle) return [classicScript('/src/first-paint.js')]
        const files = Object.keys(bundle)
        const font = files.find((file) => file.includes('inter-latin-wght-normal') && file.endsWith('.woff2'))
        const early = files.find((file) => /first-paint[^/]*\.js$/.test(file))
        if (!font || !early) throw new Error(`The build made no font or no first-paint script (${reference})`)
        return [
          classicScript(base + early),
          {
            tag: 'link',
            attrs: { rel: 'preload', href: base + font, as: 'font', type: 'font/woff2', crossorigin: true },
            injectTo: 'head-prepend',
          },
        ]
      },
    },
  }
}

function classicScript(src: string): HtmlTagDescriptor {
  return { tag: 'script', attrs: { src }, injectTo: 'head-prepend' }
}
