import type { Activity } from '@lightpress/users-contract'
import { A } from '@solidjs/router'
import { For, Match, Show, Switch } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { Time } from '../../ui/time.tsx'
import styles from './activity-row.module.css'
import { activityIcons } from './icons.ts'
import { Row } from '../../ui/rows.tsx'
import { type Part, sentenceOf } from './sentence.ts'

export function ActivityRow(props: { activity: Activity }) {
  return (
    <Row
      icon={activityIcons(props.activity.action)}
      title={
        <>
          <span class={styles.sentence}>
            <For each={sentenceOf(props.activity)}>{(part) => <Piece part={part} />}</For>.
          </span>
          <Show when={props.activity.impersonated}>
            <Badge tone="warning">Our support, as them</Badge>
          </Show>
        </>
      }
    >
      <Time at={props.activity.at} />
    </Row>
  )
}

function Piece(props: { part: Part }) {
  return (
    <Switch>
      <Match when={typeof props.part === 'string' && props.part}>{(words) => <>{words()}</>}</Match>
      <Match when={typeof props.part === 'object' && 'strong' in props.part && props.part}>
        {(name) => <bdi class={styles.name}>{name().strong}</bdi>}
      </Match>
      <Match when={typeof props.part === 'object' && 'href' in props.part && props.part}>
        {(linked) => <A href={linked().href}>{linked().words}</A>}
      </Match>
      <Match when={typeof props.part === 'object' && 'name' in props.part && props.part}>
        {(named) => (
          <Show when={named().look} fallback={<span class={styles.gone}>{named().name}</span>}>
            {(look) => (
              <A class={styles.name} href={`/organization/members?query=${encodeURIComponent(look())}`}>
                <bdi>{named().name}</bdi>
              </A>
            )}
          </Show>
        )}
      </Match>
    </Switch>
  )
}
