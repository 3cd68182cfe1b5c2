import type { JSX } from 'solid-js'
import { Avatar } from '../../ui/avatar.tsx'
import { BackLink } from '../../ui/back-link.tsx'
import { StateBadge } from './state-badge.tsx'
import type { State } from './states.ts'
import styles from './subject-heading.module.css'

export interface SubjectHeadingProps {
  back: { href: string; label: string }
  name: string
  image: string | null
  shape: 'round' | 'square'
  /** Left out where it is no matter of access. */
  state?: State
  badge?: JSX.Element
  /** Under the name. */
  lead: JSX.Element
  actions: JSX.Element
}

/** Whom or what a screen of the operators is about, and what can be done about it. */
export function SubjectHeading(props: SubjectHeadingProps) {
  return (
    <header class={styles.heading}>
      <BackLink href={props.back.href} label={props.back.label} />
      <div class={styles.subject}>
        <Avatar name={props.name} image={props.image} size="large" shape={props.shape} />
        <div class={styles.words}>
          <h1 class={styles.name}>
            {props.name} <StateBadge state={props.state ?? 'active'} />
            {props.badge}
          </h1>
          <p class={styles.lead}>{props.lead}</p>
        </div>
        <div class={styles.actions}>{props.actions}</div>
      </div>
    </header>
  )
}
