import type { Export } from '@lightpress/users-contract'
import { createAsync, useAction } from '@solidjs/router'
import Archive from 'lucide-solid/icons/archive'
import Clock from 'lucide-solid/icons/clock'
import Download from 'lucide-solid/icons/download'
import FileArchive from 'lucide-solid/icons/file-archive'
import TriangleAlert from 'lucide-solid/icons/triangle-alert'
import { type Component, For, type JSX, Match, Show, Switch } from 'solid-js'
import { readAgain } from '../../api/read-again.ts'
import { createLookOnly } from '../../account/look-only.tsx'
import { Badge, type BadgeProps } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { formats } from '../../ui/formats.ts'
import { Row, Rows } from '../../ui/rows.tsx'
import { Actions } from '../../ui/settings.tsx'
import { Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.ts'
import { formatBytes } from './bytes.ts'
import { downloadExport, getExports, requestExport } from './data.ts'
import styles from './exports-section.module.css'
import { followExports } from './follow-exports.ts'

export interface ExportsSectionProps {
  /** Whose data; without it the person's own. */
  organizationId?: string
  /** What is in it, and what it is good for. */
  children: JSX.Element
}

/** Everything that is held, to be had as one file: asked for, put together in the background, fetched for a while. */
export function ExportsSection(props: ExportsSectionProps) {
  const exports = createAsync(() => getExports(props.organizationId))
  const request = useAction(requestExport)
  const lookOnly = createLookOnly()
  const preparing = () => exports()?.some(({ state }) => state === 'preparing') ?? false
  followExports(preparing, () => readAgain(getExports, props.organizationId))

  const ask = async () => {
    await request(props.organizationId)
    toast({ title: 'Export under way', detail: 'We tell you when it is ready. You need not wait here.' })
  }

  return (
    <Show when={exports()}>
      {(known) => (
        <Card>
          <p class={styles.about}>{props.children}</p>
          <Show when={known().length > 0}>
            <Rows label="Exports">
              <For each={known()}>
                {(made) => (
                  <ExportRow
                    made={made}
                    lookOnly={lookOnly()}
                    download={() => downloadExport(props.organizationId, made.id)}
                  />
                )}
              </For>
            </Rows>
          </Show>
          <Show when={!lookOnly()}>
            <Actions>
              <Button waiting={preparing()} action={ask}>
                <Archive size={16} />
                {preparing()
                  ? 'Being put together…'
                  : known().length > 0
                    ? 'Ask for a new export'
                    : 'Ask for an export'}
              </Button>
            </Actions>
          </Show>
        </Card>
      )}
    </Show>
  )
}

interface StateWords {
  title: string
  icon: Component<{ size: number }>
  badge: string
  tone: NonNullable<BadgeProps['tone']>
}

const told: Record<Export['state'], StateWords> = {
  preparing: { title: 'Your export is being put together', icon: Clock, badge: 'Under way', tone: 'info' },
  ready: { title: 'Your export is ready', icon: FileArchive, badge: 'Ready', tone: 'success' },
  failed: { title: 'This export could not be made', icon: TriangleAlert, badge: 'Failed', tone: 'danger' },
  expired: { title: 'An earlier export', icon: Archive, badge: 'Expired', tone: 'neutral' },
}

function ExportRow(props: { made: Export; lookOnly: boolean; download: () => Promise<unknown> }) {
  const words = () => told[props.made.state]
  return (
    <Row
      icon={words().icon}
      {...(props.made.state === 'failed' && { tone: 'warning' as const })}
      title={words().title}
      badge={<Badge tone={words().tone}>{words().badge}</Badge>}
      action={
        <Show when={props.made.state === 'ready' && !props.lookOnly}>
          <Button size="small" action={props.download}>
            <Download size={16} />
            Download
          </Button>
        </Show>
      }
    >
      Asked for <Time at={props.made.requestedAt} />
      <Switch>
        <Match when={props.made.state === 'ready' && props.made.expiresAt}>
          {(at) => (
            <>
              <Show when={props.made.bytes}>{(bytes) => <> · {formatBytes(bytes(), formats().locale)}, ZIP</>}</Show> ·
              expires <Time at={at()} />
            </>
          )}
        </Match>
        <Match when={props.made.state === 'failed'}> · ask for another one; tell us if that fails, too</Match>
        <Match when={props.made.state === 'expired'}> · it is not kept any more</Match>
      </Switch>
    </Row>
  )
}
