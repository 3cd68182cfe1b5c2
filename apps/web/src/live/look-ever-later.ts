type Page = Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>

export interface LookEverLaterOptions {
  /** Milliseconds before each look. */
  pauses: readonly number[]
  look: () => Promise<unknown>
  /** After the last of them. */
  onEnd: () => void
  page?: Page
}

/** Looks after each pause; while nobody can see the page it waits, and looks at once when somebody does. Returns its end. */
export function lookEverLater({ pauses, look, onEnd, page = document }: LookEverLaterOptions): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let looked = 0
  let over = false

  const wait = () => {
    if (over) return
    const pause = pauses[looked++]
    if (pause === undefined) onEnd()
    else timer = setTimeout(lookIfSeen, pause)
  }
  const lookIfSeen = () => {
    page.removeEventListener('visibilitychange', lookIfSeen)
    if (page.visibilityState === 'visible') void look().finally(wait)
    else page.addEventListener('visibilitychange', lookIfSeen)
  }

  wait()
  return () => {
    over = true
    clearTimeout(timer)
    page.removeEventListener('visibilitychange', lookIfSeen)
  }
}
