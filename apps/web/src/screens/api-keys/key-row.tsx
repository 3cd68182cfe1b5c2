import type { ApiKey } from '@lightpress/auth-contract'
import { createAsync } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { getMe } from '../../account/data.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { CalendarDate, Time } from '../../ui/time.tsx'
import { Truncate } from '../../ui/truncate.tsx'
import type { ListedKey } from './data.ts'
import styles from './key-row.module.css'
import { type KeyStatus, statusOf } from './status.ts'

const told: Record<KeyStatus, { label: string; tone: 'success' | 'warning' | 'neutral' | 'danger' }> = {
  active: { label: 'Active', tone: 'success' },
  expires_soon: { label: 'Expires soon', tone: 'warning' },
  expired: { label: 'Expired', tone: 'neutral' },
  revoked: { label: 'Revoked', tone: 'danger' },
}

export function KeyRow(props: { apiKey: ListedKey; lookOnly: boolean; onRevoke: () => void }) {
  const me = createAsync(() => getMe().catch(() => undefined))
  const status = () => statusOf(props.apiKey, Date.now())
  return (
    <li class={styles.row} data-over={status() === 'revoked' || status() === 'expired' || undefined}>
      <div class={styles.words}>
        <div class={styles.head}>
          <h2 class={styles.name}>
            <Truncate text={props.apiKey.name} />
          </h2>
          <Badge tone={told[status()].tone}>{told[status()].label}</Badge>
        </div>
        <p class={styles.scopes}>
          <code class={styles.prefix}>{props.apiKey.prefix}_…</code>
          <For each={props.apiKey.scopes}>{(scope) => <code class={styles.scope}>{scope}</code>}</For>
        </p>
        <p class={styles.detail}>
          Created <CalendarDate at={props.apiKey.createdAt} short />{' '}
          {props.apiKey.createdBy === me()?.id ? 'by you' : `by ${props.apiKey.creator ?? 'somebody who is gone'}`} ·{' '}
          <Show when={props.apiKey.lastUsedAt} fallback="never used">
            {(at) => (
              <>
                used <Time at={at()} />
              </>
            )}
          </Show>{' '}
          · <End apiKey={props.apiKey} />
        </p>
      </div>
      <Show when={props.apiKey.revokedAt === null && !props.lookOnly}>
        <Button size="small" aria-label={`Revoke ${props.apiKey.name}`} onClick={() => props.onRevoke()}>
          Revoke
        </Button>
      </Show>
    </li>
  )
}

function End(props: { apiKey: ApiKey }) {
  return (
    <Show
      when={props.apiKey.revokedAt}
      fallback={
        <Show when={props.apiKey.expiresAt} fallback="never expires">
          {(at) => (
            <>
              {statusOf(props.apiKey, Date.now()) === 'expired' ? 'expired' : 'expires'}{' '}
              <CalendarDate at={at()} short />
            </>
          )}
        </Show>
      }
    >
      {(at) => (
        <>
          revoked <Time at={at()} />
        </>
      )}
    </Show>
  )
}
