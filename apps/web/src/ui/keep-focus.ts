/**
 * When what has the focus is taken away inside `element` (a row that was removed, a form that is done), the element
 * takes it: the keyboard goes on from there, and not from the top of the page. For `ref`, with a `tabIndex`.
 */
export function keepFocus(element: HTMLElement) {
  let last: EventTarget | null = null
  element.addEventListener('focusin', ({ target }) => (last = target))
  const observer = new MutationObserver(() => {
    if (!(last instanceof Node) || last.isConnected || document.activeElement !== document.body) return
    last = null
    element.focus({ preventScroll: true })
  })
  observer.observe(element, { childList: true, subtree: true })
}
