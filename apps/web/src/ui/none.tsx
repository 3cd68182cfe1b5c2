import SearchX from 'lucide-solid/icons/search-x'
import type { JSX } from 'solid-js'
import { ButtonLink } from './button.tsx'
import { Card } from './card.tsx'
import { EmptyState } from './empty-state.tsx'
import { Heading } from './heading.tsx'
import { Stack } from './stack.tsx'

export interface NoneProps {
  /** What was looked for: "Person". */
  of: string
  title: string
  back: { href: string; label: string }
  children: JSX.Element
}

/** An id that is nobody's, and no organisation's, or not any more. */
export function None(props: NoneProps) {
  return (
    <Stack>
      <Heading title={props.of} />
      <Card>
        <EmptyState
          icon={SearchX}
          title={props.title}
          action={<ButtonLink href={props.back.href}>{props.back.label}</ButtonLink>}
        >
          {props.children}
        </EmptyState>
      </Card>
    </Stack>
  )
}
