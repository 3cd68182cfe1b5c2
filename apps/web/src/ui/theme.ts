import { createSignal } from 'solid-js'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** The key that first-paint.js reads too, before anything is painted. */
const key = 'theme'
const dark = matchMedia('(prefers-color-scheme: dark)')
const [theme, setSignal] = createSignal(stored())

/** What the person chose; what is shown is on the root element. */
export { theme }

export function setTheme(chosen: Theme) {
  try {
    localStorage.setItem(key, chosen)
  } catch {
    // Without storage the choice holds for this page.
  }
  setSignal(chosen)
  show()
}

/** Follows the system, and the other tabs. */
export function watchTheme() {
  show()
  dark.addEventListener('change', show)
  addEventListener('storage', (event) => {
    if (event.key !== key) return
    setSignal(stored())
    show()
  })
}

function show() {
  const shown = theme() === 'system' ? (dark.matches ? 'dark' : 'light') : theme()
  document.documentElement.dataset.theme = shown
}

function stored(): Theme {
  try {
    return themes.find((known) => known === localStorage.getItem(key)) ?? 'system'
  } catch {
    return 'system'
  }
}
