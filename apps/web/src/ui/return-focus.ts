import { createComputed, on } from 'solid-js'

/**
 * A dialog that is opened by state has no trigger of its own to give the focus back to: this remembers what had it.
 * If that is gone with what the dialog did, the content of the screen takes it.
 * Returns the handler for the dialog's closing.
 */
export function createFocusReturn(open: () => boolean): (event: Event) => void {
  let before: Element | null = null
  createComputed(
    on(open, (isOpen) => {
      if (isOpen) before = document.activeElement
    }),
  )
  return (event) => {
    event.preventDefault()
    const target = before?.isConnected ? before : document.getElementById('content')
    if (target instanceof HTMLElement) target.focus({ preventScroll: true })
  }
}
