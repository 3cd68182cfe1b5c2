import { useSearchParams } from '@solidjs/router'
import X from 'lucide-solid/icons/x'
import { createSignal, Show } from 'solid-js'
import { classOf } from '../../ui/button.tsx'
import { Combobox } from '../../ui/combobox.tsx'
import { MemberOption } from '../members/member-option.tsx'
import { createMemberSearch } from '../members/member-search.ts'
import styles from './actor-filter.module.css'

export interface ActorFilterProps {
  organizationId: string
  /** What the log itself calls whoever is chosen: an address that was opened has an id alone. */
  known: string | undefined
}

/** Whose acts are shown; by the address, as the rest of the filter. */
export function ActorFilter(props: ActorFilterProps) {
  const [search, setSearch] = useSearchParams<{ actor: string }>()
  const { found, look } = createMemberSearch(() => props.organizationId)
  const [picked, setPicked] = createSignal<{ userId: string; name: string }>()
  const name = () => (picked()?.userId === search.actor ? picked()?.name : undefined) ?? props.known ?? 'one person'
  const choose = (actor: string | undefined) => setSearch({ actor, cursor: undefined }, { scroll: false })
  return (
    <div class={styles.actor}>
      <Show
        when={search.actor}
        fallback={
          <Combobox
            floating
            label="By whom"
            placeholder="By anybody"
            found={found()}
            textOf={(member) => member.name}
            onType={look}
            onPick={(member) => {
              setPicked(member)
              choose(member.userId)
            }}
          >
            {(member) => <MemberOption member={member} />}
          </Combobox>
        }
      >
        <button
          type="button"
          class={classOf({ wide: true, class: styles.chosen })}
          aria-label={`By ${name()}. Show everybody’s again`}
          ref={(button) => queueMicrotask(() => document.activeElement === document.body && button.focus())}
          onClick={() => choose(undefined)}
        >
          <bdi class={styles.name}>By {name()}</bdi>
          <X size={16} />
        </button>
      </Show>
    </div>
  )
}
