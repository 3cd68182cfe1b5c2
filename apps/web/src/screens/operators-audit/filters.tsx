import { useNavigate } from '@solidjs/router'
import SlidersHorizontal from 'lucide-solid/icons/sliders-horizontal'
import { createSignal, onMount, Show } from 'solid-js'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { CheckField } from '../../ui/check-field.tsx'
import { Form, type Rule, type Values } from '../../ui/form.tsx'
import { personRule } from '../../ui/person-rule.ts'
import { SelectField } from '../../ui/select-field.tsx'
import { Actions } from '../../ui/settings.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { type Filter, toQuery } from './filter.ts'
import styles from './filters.module.css'
import { auditActions } from './words.ts'

const untilRule: Rule = (until, { from = '' }) =>
  from !== '' && until < from ? 'This is before the first day.' : undefined

/** Writes the filter into the address, which is what the list follows. */
export function Filters(props: { filter: Filter; again: boolean; onApply: (query: string) => void }) {
  const navigate = useNavigate()
  const isSet = () => toQuery(props.filter).size > 0
  const submit = async ({ person = '', impersonated, ...rest }: Values) => {
    const query = toQuery({ ...rest, person: person.trim(), impersonated: impersonated && 'true' }).toString()
    props.onApply(query)
    navigate(`/operators/audit${query && `?${query}`}`, { scroll: false })
  }
  // On a phone the log comes first.
  const [open, setOpen] = createSignal(false)
  // What was pressed to begin anew is gone, and the focus with it.
  let card!: HTMLElement
  onMount(() => props.again && document.activeElement === document.body && card.focus())
  return (
    <Card ref={card} tabIndex={-1} role="search" aria-label="Filter the audit log">
      <Button
        class={styles.toggle}
        aria-expanded={open()}
        aria-controls="audit-filters"
        onClick={() => setOpen((before) => !before)}
      >
        <SlidersHorizontal size={16} />
        Filters{isSet() ? ` (${toQuery(props.filter).size})` : ''}
      </Button>
      <div id="audit-filters" class={styles.folding} data-open={open() || undefined}>
        <Form submit={submit}>
          <div class={styles.fields}>
            <TextField
              name="person"
              label="Person"
              placeholder="Address or id"
              value={props.filter.person ?? ''}
              rule={personRule}
              autocomplete="off"
              autocapitalize="off"
              spellcheck={false}
            />
            <SelectField
              name="action"
              label="What happened"
              value={props.filter.action ?? ''}
              options={[{ value: '', label: 'Anything' }, ...auditActions]}
            />
            <TextField name="from" label="First day" type="date" value={props.filter.from ?? ''} autocomplete="off" />
            <TextField
              name="until"
              label="Last day"
              type="date"
              value={props.filter.until ?? ''}
              rule={untilRule}
              autocomplete="off"
            />
          </div>
          <div class={styles.foot}>
            <CheckField
              name="impersonated"
              label="Only what operators did as somebody else"
              checked={props.filter.impersonated === 'true'}
            />
            <Actions>
              <Show when={isSet()}>
                <ButtonLink href="/operators/audit" variant="quiet" noScroll>
                  Clear
                </ButtonLink>
              </Show>
              <Button type="submit">Apply</Button>
            </Actions>
          </div>
        </Form>
      </div>
    </Card>
  )
}
