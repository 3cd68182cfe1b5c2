import SearchX from 'lucide-solid/icons/search-x'
import type { JSX } from 'solid-js'
import { ButtonLink } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'

/** An id that is nobody's, and no organisation's, or not any more. */
export function None(props: { title: string; back: { href: string; label: string }; children: JSX.Element }) {
  return (
    <Card>
      <EmptyState
        icon={SearchX}
        title={props.title}
        action={<ButtonLink href={props.back.href}>{props.back.label}</ButtonLink>}
      >
        {props.children}
      </EmptyState>
    </Card>
  )
}
