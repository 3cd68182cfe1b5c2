import { onCleanup } from 'solid-js'

/** ⌘K on a Mac, Ctrl+K elsewhere; both everywhere, because keyboards travel. */
export function createPaletteKey(toggle: () => void) {
  const press = (event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey) return
    event.preventDefault()
    toggle()
  }
  addEventListener('keydown', press)
  onCleanup(() => removeEventListener('keydown', press))
}

export const paletteKeyName = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘K' : 'Ctrl K'
