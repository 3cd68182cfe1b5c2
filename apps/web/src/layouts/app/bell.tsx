import Icon from 'lucide-solid/icons/bell'
import { unread } from '../../account/unread.ts'
import { ButtonLink } from '../../ui/button.tsx'
import styles from './bell.module.css'
import { BellCount } from './bell-count.tsx'
import { bellName } from './bell-name.ts'

/** On a phone: goes to the notifications and counts the unread ones, live. */
export function Bell() {
  return (
    <ButtonLink href="/notifications" variant="quiet" square class={styles.bell ?? ''} aria-label={bellName(unread())}>
      <Icon size={16} />
      <BellCount />
    </ButtonLink>
  )
}
