import { useLocation, useSearchParams } from '@solidjs/router'
import { Show } from 'solid-js'
import { ButtonLink } from './button.tsx'
import { keepFocus } from './keep-focus.ts'
import styles from './pager.module.css'

export interface PagerProps {
  /** Unique on the screen. */
  label: string
  /** The parameter of the address that holds the cursor. */
  param: string
  next: string | null
  /** The first page is not that of the newest. */
  oldestFirst?: boolean | undefined
  /** The list is not all that the screen has: it stays where it is scrolled to. */
  stay?: boolean | undefined
}

/** The way through a list by cursors. Each page has an address; one page that is all has no pager. */
export function Pager(props: PagerProps) {
  const location = useLocation()
  const [search] = useSearchParams()
  const to = (cursor: string | null) => {
    const query = new URLSearchParams(location.search)
    query.delete(props.param)
    if (cursor !== null) query.set(props.param, cursor)
    return location.pathname + (query.size > 0 ? `?${query}` : '')
  }
  return (
    <Show when={search[props.param] !== undefined || props.next !== null}>
      <nav ref={keepFocus} tabIndex={-1} class={styles.pages} aria-label={props.label}>
        <Show when={search[props.param]}>
          <ButtonLink href={to(null)} noScroll={props.stay}>
            {props.oldestFirst ? 'First page' : 'Newest'}
          </ButtonLink>
        </Show>
        <Show when={props.next}>
          {(cursor) => (
            <ButtonLink href={to(cursor())} noScroll={props.stay} class={styles.older ?? ''}>
              {props.oldestFirst ? 'Next page' : 'Older'}
            </ButtonLink>
          )}
        </Show>
      </nav>
    </Show>
  )
}
