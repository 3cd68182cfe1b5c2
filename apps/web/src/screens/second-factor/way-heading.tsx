import { type JSX, onMount, Show } from 'solid-js'
import { Heading } from '../../ui/heading.tsx'

/**
 * The heading of a way. Where there is no field that takes the focus, it does: the button is gone that led here, and a
 * screen reader says what there is now.
 */
export function WayHeading(props: { title: string; takesFocus?: boolean; children?: JSX.Element }) {
  let heading!: HTMLDivElement
  onMount(() => props.takesFocus && heading.focus())
  return (
    <div ref={heading} tabIndex={-1}>
      <Show when={props.children} fallback={<Heading title={props.title} />}>
        <Heading title={props.title}>{props.children}</Heading>
      </Show>
    </div>
  )
}
