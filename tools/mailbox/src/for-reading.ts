/**
 * emulate's pages, which are made for inspecting, as somebody wants them who reads mail: ink on paper, and a letter
 * that is seen whole, its button too.
 */
export function forReading(page: string): string {
  return page.replace('</head>', `<style>${STYLE}</style></head>`)
}

const STYLE = `
  :root { color-scheme: light dark; --ink: light-dark(#16181d, #eceef2); --quiet: light-dark(#545964, #a3a9b5);
    --line: light-dark(#dfe2e8, #2b2f37); --paper: light-dark(#f9fafb, #0b0c0f); --card: light-dark(#fff, #14161a) }
  body { background: var(--paper); color: var(--ink); font-family: system-ui, sans-serif }
  body :not(iframe) { border-color: var(--line) !important; color: inherit !important;
    font-family: inherit !important }
  .content { display: block; padding-bottom: 64px }
  .content-inner { max-width: 720px; margin: 0 auto }
  .card-title { font-size: 20px }
  .card-subtitle, .user-meta, .info-text, .perm-list li, .emu-bar-links, .powered-by { color: var(--quiet) !important }
  .user-text { flex: 1; min-width: 0 }
  .user-text > * { display: block; overflow-wrap: anywhere }
  .app-link { background: var(--card) }
  .app-link:hover { border-color: var(--quiet) !important }
  .org-icon, .badge { background: var(--line) }
  .powered-by { position: static }
  iframe { height: max(480px, 75vh); padding: 0 !important; border-color: var(--line) !important;
    background: var(--paper) !important }
`
