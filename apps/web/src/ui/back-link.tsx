import ArrowLeft from 'lucide-solid/icons/arrow-left'
import styles from './back-link.module.css'
import { ButtonLink } from './button.tsx'

/** Above the heading of one thing: the list that it is in. */
export function BackLink(props: { href: string; label: string }) {
  return (
    <ButtonLink href={props.href} variant="quiet" size="small" class={styles.back ?? ''}>
      <ArrowLeft size={16} />
      {props.label}
    </ButtonLink>
  )
}
