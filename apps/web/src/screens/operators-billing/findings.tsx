import { type Component, type JSX, Show } from 'solid-js'
import { Listing } from '../../ui/listing.tsx'
import { isId } from '../../ui/search-params.ts'
import { NothingLikeThat } from './nothing-like-that.tsx'

export interface FindingsProps<T> {
  /** What was looked for: "Subscriptions". */
  label: string
  page: { items: T[]; nextCursor: string | null }
  icon: Component<{ size: number }>
  /** What the address asks for; null where there can be no such thing. */
  wanted: object | null
  /** The organisation in the address. */
  organization: string | undefined
  /** An `EmptyState`, for when there is nothing at all. */
  empty: JSX.Element
  /** The same for when nothing fits, in a line. */
  none: string
  /** Where nothing narrows it. */
  all: string
  children: (item: T) => JSX.Element
}

/** A list that an address narrows: what fits, or why nothing does and what to do about it. */
export function Findings<T>(props: FindingsProps<T>) {
  const isNarrow = () => props.wanted === null || Object.keys(props.wanted).length > 0
  const typed = () => props.organization?.trim() ?? ''
  return (
    <Listing
      label={props.label}
      page={props.page}
      icon={props.icon}
      empty={
        <Show when={isNarrow()} fallback={props.empty}>
          <NothingLikeThat
            title={props.none}
            all={props.all}
            isWhole={typed() === '' || isId(typed())}
            typed={typed()}
          />
        </Show>
      }
    >
      {props.children}
    </Listing>
  )
}
