/**
 * Does something for as long as the page is there. A browser may keep a page that was left, without its locks and
 * connections, and put it back as it was: what had begun is ended when it is left, and begins anew. Returns its end.
 */
export function whileShown(
  start: () => () => void,
  { page = globalThis, onReturn }: { page?: EventTarget; onReturn: () => void },
): () => void {
  let end: (() => void) | undefined = start()
  const left = () => {
    end?.()
    end = undefined
  }
  const shown = () => {
    // Also told of a page that was just loaded, which has begun already.
    if (end) return
    end = start()
    onReturn()
  }
  page.addEventListener('pagehide', left)
  page.addEventListener('pageshow', shown)
  return () => {
    page.removeEventListener('pagehide', left)
    page.removeEventListener('pageshow', shown)
    left()
  }
}
