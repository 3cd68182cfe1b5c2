import { useLocation } from '@solidjs/router'
import { createEffect, type JSX, on, onMount } from 'solid-js'

/** What the tab, the history and a screen reader call this screen. */
export function useTitle(title: string) {
  document.title = title === 'Lightpress' ? title : `${title} · Lightpress`
}

/** The browser does the first page by itself. */
let arrived = false

/** The content of a screen. After a navigation the focus goes to where the screen begins, as after a page load. */
export function Main(props: { class?: string | undefined; children: JSX.Element }) {
  const location = useLocation()
  let main!: HTMLElement
  onMount(() => {
    createEffect(
      on(
        () => location.pathname,
        () => {
          const start = main.querySelector<HTMLElement>('[autofocus]') ?? main
          if (arrived) start.focus({ preventScroll: true })
          arrived = true
        },
      ),
    )
  })
  return (
    <main ref={main} id="content" tabIndex={-1} class={props.class}>
      {props.children}
    </main>
  )
}

/** The first stop of the keyboard. */
export function SkipLink() {
  return (
    <a class="skip" href="#content">
      Skip to the content
    </a>
  )
}
