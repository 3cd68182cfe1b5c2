import type { InvitationPreview } from '@lightpress/users-contract'
import { Avatar } from '../../ui/avatar.tsx'
import shared from './page.module.css'
import { roleWords } from './role-words.ts'
import styles from './summary.module.css'

/** Who invites whom to what: all that there is to decide by. */
export function Summary(props: { preview: InvitationPreview }) {
  const lastDay = () => new Date(props.preview.expiresAt).toLocaleDateString(undefined, { dateStyle: 'long' })
  return (
    <>
      <div class={styles.head}>
        <Avatar
          name={props.preview.organizationName}
          image={props.preview.organizationLogoUrl}
          size="medium"
          shape="square"
        />
        <div class={shared.words}>
          <h1>Join {props.preview.organizationName}</h1>
          <p>
            {props.preview.inviterName === null ? 'You are invited' : `${props.preview.inviterName} invites you`} to
            join as {roleWords[props.preview.role]}.
          </p>
        </div>
      </div>
      <dl class={styles.facts}>
        <div>
          <dt>For</dt>
          <dd>{props.preview.email}</dd>
        </div>
        <div>
          <dt>Good until</dt>
          <dd>
            <time datetime={props.preview.expiresAt}>{lastDay()}</time>
          </dd>
        </div>
      </dl>
    </>
  )
}
