import { useAction } from '@solidjs/router'
import RefreshCw from 'lucide-solid/icons/refresh-cw'
import { createSignal, Match, Switch } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Note } from '../../ui/note.tsx'
import { Actions } from '../../ui/settings.tsx'
import { convergeNow } from './data.ts'
import { type Difference, Differences } from './differences.tsx'

/** Reads it from the provider at once, and shows what that changed. */
export function Converge(props: { organizationId: string; behind: boolean }) {
  const converge = useAction(convergeNow)
  /** Null where it could not be compared. */
  const [found, setFound] = createSignal<Difference[] | null>()
  const read = async () => {
    setFound(undefined)
    setFound((await converge(props.organizationId)).differences)
  }
  return (
    <Card>
      <p>
        {props.behind
          ? 'The provider told of something that was not read yet. It will be within moments, or can be now.'
          : 'All that the provider told of was read. If something looks wrong, read it again.'}
      </p>
      <div aria-live="polite">
        <Switch>
          <Match when={found() === null}>
            <Note tone="info" title="It was read, and could not be compared">
              <p>Somebody went on changing it meanwhile. The copy was read once more after that.</p>
            </Note>
          </Match>
          <Match when={found()?.length === 0}>
            <Note tone="success" title="Nothing was different">
              <p>The copy says what the provider says.</p>
            </Note>
          </Match>
          <Match when={found()}>
            {(differences) => (
              <Note
                tone="warning"
                title={
                  differences().length === 1
                    ? '1 difference, repaired'
                    : `${differences().length} differences, repaired`
                }
              >
                <Differences of={differences()} />
              </Note>
            )}
          </Match>
        </Switch>
      </div>
      <Actions>
        <Button action={read}>
          <RefreshCw size={16} />
          Converge now
        </Button>
      </Actions>
    </Card>
  )
}
