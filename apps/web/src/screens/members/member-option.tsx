import type { Member } from '@lightpress/users-contract'
import { Avatar } from '../../ui/avatar.tsx'
import styles from './member-option.module.css'

/** A member as one of those that can be chosen. */
export function MemberOption(props: { member: Member }) {
  return (
    <>
      <Avatar name={props.member.name} image={props.member.avatarUrl} />
      <span class={styles.words}>
        <bdi class={styles.name}>{props.member.name}</bdi>
        <span class={styles.email}>{props.member.email}</span>
      </span>
    </>
  )
}
