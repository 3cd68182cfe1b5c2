import { useSearchParams } from '@solidjs/router'
import { type Component, For, type JSX, Show } from 'solid-js'
import { Card } from './card.tsx'
import { EmptyPage } from './empty-state.tsx'
import { Pager } from './pager.tsx'
import { Rows } from './rows.tsx'

export interface ListingProps<T> {
  /** What is listed: "API keys". Unique on the screen. */
  label: string
  page: { items: T[]; nextCursor: string | null }
  /** The parameter of the address that holds the cursor. */
  param?: string
  icon: Component<{ size: number }>
  /** An `EmptyState`, for a list that has nothing at all. */
  empty: JSX.Element
  /** Most lists begin with the newest; one that does not has other words for the way through it. */
  oldestFirst?: boolean
  /** The list is not all that the screen has: it stays where it is scrolled to. */
  stay?: boolean
  /** A row: an `<li>`. */
  children: (item: T) => JSX.Element
}

/** A page of a list with its two kinds of nothing, and the way to the other pages. */
export function Listing<T>(props: ListingProps<T>) {
  const [search] = useSearchParams()
  const param = () => props.param ?? 'cursor'
  return (
    <>
      <Show
        when={props.page.items.length > 0}
        fallback={
          <Card>
            <Show when={search[param()] === undefined} fallback={<EmptyPage icon={props.icon} />}>
              {props.empty}
            </Show>
          </Card>
        }
      >
        <Rows label={props.label}>
          <For each={props.page.items}>{(item) => props.children(item)}</For>
        </Rows>
      </Show>
      <Pager
        label={`Pages of ${props.label}`}
        param={param()}
        next={props.page.nextCursor}
        oldestFirst={props.oldestFirst}
        stay={props.stay}
      />
    </>
  )
}
