import type { SecurityActivity } from '@lightpress/auth-contract'
import { createAsync, useSearchParams } from '@solidjs/router'
import AtSign from 'lucide-solid/icons/at-sign'
import FingerprintPattern from 'lucide-solid/icons/fingerprint-pattern'
import KeyRound from 'lucide-solid/icons/key-round'
import LogIn from 'lucide-solid/icons/log-in'
import LogOut from 'lucide-solid/icons/log-out'
import ShieldAlert from 'lucide-solid/icons/shield-alert'
import ShieldCheck from 'lucide-solid/icons/shield-check'
import { For, Show } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { Listing } from '../../ui/listing.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Time } from '../../ui/time.tsx'
import { activityDetails, type ActivityWords, activityWords } from './activity-words.ts'
import { getActivity } from './data.ts'
import { deviceName } from './device-name.ts'
import { Row } from '../../ui/rows.tsx'

const icons = {
  account: ShieldCheck,
  in: LogIn,
  out: LogOut,
  password: KeyRound,
  email: AtSign,
  factor: FingerprintPattern,
  alarm: ShieldAlert,
} satisfies Record<ActivityWords['kind'], unknown>

export function Activity() {
  const [search] = useSearchParams<{ activity: string }>()
  const page = createAsync(() => getActivity(search.activity))
  return (
    <Show when={page()}>
      {(known) => (
        <Listing
          stay
          label="Recent activity"
          page={known()}
          param="activity"
          icon={ShieldCheck}
          empty={
            <EmptyState icon={ShieldCheck} title="Nothing has happened yet">
              Sign-ins, changes of your password and the like are told here, with device and address.
            </EmptyState>
          }
        >
          {(entry) => <ActivityRow entry={entry} />}
        </Listing>
      )}
    </Show>
  )
}

function ActivityRow(props: { entry: SecurityActivity }) {
  const words = () => activityWords(props.entry.action)
  const parts = () =>
    [...activityDetails(props.entry), props.entry.device && deviceName(props.entry.device), props.entry.ip].filter(
      Boolean,
    )
  return (
    <Row
      icon={icons[words().kind]}
      tone={words().kind === 'alarm' ? 'warning' : 'neutral'}
      title={words().title}
      badge={props.entry.current && <Badge>This session</Badge>}
    >
      <For each={parts()}>{(part) => <>{part} · </>}</For>
      <Time at={props.entry.at} />
    </Row>
  )
}
