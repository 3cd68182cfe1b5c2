import type { ApiKey } from '@lightpress/auth-contract'
import { useAction } from '@solidjs/router'
import { Show } from 'solid-js'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.ts'
import { revokeApiKey } from './data.ts'

export function RevokeDialog(props: { apiKey: ApiKey; onClose: () => void }) {
  const revoke = useAction(revokeApiKey)
  const run = async () => {
    await revoke(props.apiKey.id)
    toast({ title: 'API key revoked', detail: 'Within a second it opens nothing any more.' })
  }
  return (
    <ConfirmDialog
      title={`Revoke “${props.apiKey.name}”?`}
      action="Revoke key"
      run={run}
      onClose={() => props.onClose()}
    >
      Every program that uses it is refused at once, and it cannot be brought back.
      <Show when={props.apiKey.lastUsedAt}>
        {(at) => (
          <>
            {' '}
            It was used <Time at={at()} />.
          </>
        )}
      </Show>
    </ConfirmDialog>
  )
}
