import type { TrailItem } from '@lightpress/protocol'
import { For, Show } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { outcomes } from '../operators-messages/words.ts'
import { stateWords } from './words.ts'

/** How it stands; of an event that its listeners took differently, how it stands with each. */
export function StateBadges(props: { items: readonly TrailItem[] }) {
  const isOne = () => new Set(props.items.map(({ state }) => state)).size === 1
  const outcome = () => {
    const known = props.items[0]?.details.outcome
    return known !== undefined && Object.hasOwn(outcomes, known) ? outcomes[known as keyof typeof outcomes] : undefined
  }
  return (
    <>
      <For each={isOne() ? props.items.slice(0, 1) : props.items}>
        {(item) => (
          <Show when={stateWords(item)}>
            {(told) => (
              <Badge tone={told().tone}>
                {isOne() ? '' : `${item.listener}: `}
                {told().label}
              </Badge>
            )}
          </Show>
        )}
      </For>
      <Show when={outcome()}>{(told) => <Badge tone={told().tone}>{told().label}</Badge>}</Show>
    </>
  )
}
