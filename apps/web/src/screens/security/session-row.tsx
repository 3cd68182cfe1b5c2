import type { Session } from '@lightpress/auth-contract'
import Headset from 'lucide-solid/icons/headset'
import { createUniqueId, Show } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { CalendarDate, Time } from '../../ui/time.tsx'
import { deviceIcons } from './device-icons.ts'
import { addressOf, sessionName } from './device-name.ts'
import { useReadOnly } from './read-only.ts'
import { Row } from '../../ui/rows.tsx'

/** Of a session of our support neither device nor address is the person's to know. */
export function SessionRow(props: { session: Session; onEnd: () => Promise<unknown> }) {
  const detailId = createUniqueId()
  const readOnly = useReadOnly()
  const name = () => sessionName(props.session)
  return (
    <Row
      detailId={detailId}
      icon={props.session.impersonated ? Headset : deviceIcons[props.session.device.kind]}
      title={name()}
      badge={
        props.session.current && (
          <Badge tone="success">{props.session.impersonated ? 'This session' : 'This device'}</Badge>
        )
      }
      action={
        <Show when={!props.session.current && !readOnly()}>
          <Button
            size="small"
            aria-label={props.session.impersonated ? `End it: ${name()}` : `Sign out ${name()}`}
            // Two of the same name are told apart by where and when.
            aria-describedby={detailId}
            action={() => props.onEnd()}
          >
            {props.session.impersonated ? 'End it' : 'Sign out'}
          </Button>
        </Show>
      }
    >
      <Show when={!props.session.impersonated}>{addressOf(props.session)} · </Show>
      since <CalendarDate at={props.session.createdAt} short />
      <Show when={!props.session.current}>
        {' '}
        · used <Time at={props.session.lastUsedAt} />
      </Show>
    </Row>
  )
}
