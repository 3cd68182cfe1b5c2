type Page = Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>

/**
 * Looks every so many milliseconds while somebody can see the page, and at once when they come back to it. Returns its
 * end.
 */
export function whileVisible(every: number, look: () => void, page: Page = document): () => void {
  const lookIfSeen = () => {
    if (page.visibilityState === 'visible') look()
  }
  const timer = setInterval(lookIfSeen, every)
  page.addEventListener('visibilitychange', lookIfSeen)
  return () => {
    clearInterval(timer)
    page.removeEventListener('visibilitychange', lookIfSeen)
  }
}
