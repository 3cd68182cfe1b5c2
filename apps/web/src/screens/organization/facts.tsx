import type { Organization } from '@lightpress/users-contract'
import { A } from '@solidjs/router'
import { Show } from 'solid-js'
import Copy from 'lucide-solid/icons/copy'
import { roleWords } from '../../account/roles.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { copyText } from '../../ui/copy.ts'
import { formats } from '../../ui/formats.ts'
import { CalendarDate } from '../../ui/time.tsx'
import styles from './facts.module.css'

/** `named`: for whoever cannot change its name and logo, and so does not see them above. */
export function Facts(props: { organization: Organization; named?: boolean }) {
  const count = () => props.organization.memberCount
  return (
    <Card>
      <Show when={props.named}>
        <div class={styles.who}>
          <Avatar name={props.organization.name} image={props.organization.logoUrl} size="medium" shape="square" />
          <bdi class={styles.name}>{props.organization.name}</bdi>
        </div>
      </Show>
      <dl class={styles.facts}>
        <div>
          <dt>Your role</dt>
          <dd>
            {roleWords[props.organization.role].label}
            <p class={styles.detail}>{roleWords[props.organization.role].may}</p>
          </dd>
        </div>
        <div>
          <dt>Members</dt>
          <dd>
            <A href="/organization/members">
              {count().toLocaleString(formats().locale)} {count() === 1 ? 'person' : 'people'}
            </A>
          </dd>
        </div>
        <div>
          <dt>Created</dt>
          <dd>
            <CalendarDate at={props.organization.createdAt} />
          </dd>
        </div>
        <div>
          <dt>Id</dt>
          <dd class={styles.id}>
            <code>{props.organization.id}</code>
            <Button
              size="small"
              variant="quiet"
              square
              aria-label="Copy the id"
              action={() => copyText(props.organization.id, 'Id copied')}
            >
              <Copy size={16} />
            </Button>
          </dd>
        </div>
      </dl>
    </Card>
  )
}
