/**
 * emulate's pages, which are made for inspecting, as somebody wants them who reads mail: ink on paper, a letter that
 * is seen whole, its button too, with a way back to the others, and a list to which new mails come by themselves.
 */
export function forReading(page: string, path: string, fates: readonly string[]): string {
  return page
    .replace('</head>', `<style>${STYLE}</style></head>`)
    .replace('<div class="content-inner">', (start) =>
      path.startsWith('/inbox/') ? start + BACK + playing(path.slice('/inbox/'.length), fates) : start,
    )
    .replace('</body>', (end) => (path === '/inbox' ? `<script>${FOLLOW}</script>${end}` : end))
}

const BACK = '<p class="back"><a href="/inbox">← All mails</a></p>'

/** Buttons that tell the product what became of the mail, as Resend would. */
function playing(id: string, fates: readonly string[]): string {
  if (fates.length === 0) return ''
  const buttons = fates.map((fate) => `<button formaction="/play/${encodeURIComponent(id)}/${fate}">${fate}</button>`)
  return `<form method="post" class="play">Say that it was ${buttons.join(' ')}</form>`
}

/** Looks again every two seconds while it is seen, and touches the page only when there is news. */
const FOLLOW = `
  async function look() {
    if (document.hidden) return
    const answer = await fetch(location.href).then((response) => response.text(), () => '')
    const news = new DOMParser().parseFromString(answer, 'text/html').querySelector('.content-inner')
    const list = document.querySelector('.content-inner')
    if (news && news.innerHTML !== list.innerHTML) list.replaceWith(news)
  }
  setInterval(look, 2000)
  document.addEventListener('visibilitychange', look)
`

const STYLE = `
  :root { color-scheme: light dark; --ink: light-dark(#16181d, #eceef2); --quiet: light-dark(#545964, #a3a9b5);
    --line: light-dark(#dfe2e8, #2b2f37); --paper: light-dark(#f9fafb, #0b0c0f); --card: light-dark(#fff, #14161a) }
  body { background: var(--paper); color: var(--ink); font-family: system-ui, sans-serif }
  body :not(iframe) { border-color: var(--line) !important; color: inherit !important;
    font-family: inherit !important }
  .content { display: block; padding-bottom: 64px }
  .content-inner { max-width: 720px; margin: 0 auto }
  .back { margin-bottom: 16px }
  .play { margin-bottom: 16px; color: var(--quiet) !important }
  .play button { font: inherit; padding: 2px 8px; border: 1px solid; border-radius: 6px; background: var(--card) }
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
