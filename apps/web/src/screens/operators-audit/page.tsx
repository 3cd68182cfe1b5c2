import { createAsync, useSearchParams } from '@solidjs/router'
import Download from 'lucide-solid/icons/download'
import ScrollText from 'lucide-solid/icons/scroll-text'
import { createMemo, Show } from 'solid-js'
import { getMe, getSession } from '../../account/data.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { formats } from '../../ui/formats.ts'
import { Heading } from '../../ui/heading.tsx'
import { Listing } from '../../ui/listing.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { OperatorsOnly } from '../../account/operators-only.tsx'
import { exportAudit, getAudit } from './data.ts'
import { EntryRow } from './entry-row.tsx'
import { type Filter, type filterNames, toQuery } from './filter.ts'
import { Filters } from './filters.tsx'
import styles from './page.module.css'
import { parseFilter } from './parse-filter.ts'

export function AuditLog() {
  useTitle('Audit log')
  return (
    <div class={styles.page}>
      <Region reads={[getSession.key, getMe.key]} heights={[3, 9, 20]}>
        <OperatorsOnly title="Audit log">
          <Log />
        </OperatorsOnly>
      </Region>
    </div>
  )
}

function Log() {
  const [search] = useSearchParams<Record<(typeof filterNames)[number], string>>()
  const filter = (): Filter => parseFilter(search)
  // The form begins anew when the address goes ahead of it (Clear, Back, Forward), and keeps the focus when it led.
  let inForm: string | undefined
  const round = createMemo<number>((before) => {
    const wanted = toQuery(filter()).toString()
    if (wanted === inForm) return before
    inForm = wanted
    return before + 1
  }, 0)
  return (
    <>
      <Heading
        title="Audit log"
        action={
          <Button action={() => exportAudit(filter(), formats().timeZone)}>
            <Download size={16} />
            Export
          </Button>
        }
      >
        Every act that matters for security, newest first. What you export is recorded as well.
      </Heading>
      <Show when={round()} keyed>
        <Filters filter={filter()} again={round() > 1} onApply={(query) => (inForm = query)} />
      </Show>
      <Region reads={[getAudit.key]} heights={[3.5, 3.5, 3.5, 3.5, 3.5, 3.5]}>
        <Entries filter={filter()} />
      </Region>
    </>
  )
}

function Entries(props: { filter: Filter }) {
  const [search] = useSearchParams<{ cursor: string }>()
  // The days of the filter are those of the person's zone, which their profile says.
  const me = createAsync(() => getMe())
  const page = createAsync(async () => {
    const timeZone = me()?.timeZone
    return timeZone === undefined ? undefined : getAudit(props.filter, timeZone, search.cursor)
  })
  return (
    <Show when={page()}>
      {(known) => (
        <Listing
          label="Audit log"
          page={known()}
          icon={ScrollText}
          empty={
            <EmptyState icon={ScrollText} title="Nothing like that happened">
              No entry fits the filter. Take a part of it away, or look at other days.
            </EmptyState>
          }
        >
          {(entry) => <EntryRow entry={entry} />}
        </Listing>
      )}
    </Show>
  )
}
