type Page = Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>

/**
 * Looks every so many milliseconds while somebody can see the page, and at once when they come back to it. Returns its
 * end.
 */
export function whileVisible(every: number, look: () => void, page: Page = document): () => void {
  const timer = setInterval(() => page.visibilityState === 'visible' && look(), every)
  const end = whenSeenAgain(look, page)
  return () => {
    clearInterval(timer)
    end()
  }
}

/** Looks when somebody comes back to the page. Returns its end. */
export function whenSeenAgain(look: () => void, page: Page = document): () => void {
  const lookIfSeen = () => {
    if (page.visibilityState === 'visible') look()
  }
  page.addEventListener('visibilitychange', lookIfSeen)
  return () => page.removeEventListener('visibilitychange', lookIfSeen)
}
