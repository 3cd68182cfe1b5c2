import type { JSX } from 'solid-js'
import { getSession } from '../../account/data.ts'
import { OperatorsOnly } from '../../account/operators-only.tsx'
import { FilterSelect } from '../../ui/filter-select.tsx'
import { Heading } from '../../ui/heading.tsx'
import { ListTools } from '../../ui/list-tools.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { Stack } from '../../ui/stack.tsx'
import { stateOptions } from './states.ts'

export interface SearchScreenProps {
  title: string
  /** Whom or what it lists, and in which order. */
  lead: string
  /** "people": what is looked for. */
  what: string
  placeholder: string
  /** The key of what is read for the list. */
  reads: string
  children: JSX.Element
}

/** Where operators look for somebody or something: what was typed, and the state, stand in the address. */
export function SearchScreen(props: SearchScreenProps) {
  useTitle(props.title)
  return (
    <Stack>
      <Region reads={[getSession.key]} heights={[3.5, 2.25, 4, 4, 4]}>
        <OperatorsOnly title={props.title}>
          <Heading title={props.title}>{props.lead}</Heading>
          <ListTools label={`Find ${props.what}`}>
            <SearchField label={`Search ${props.what}`} placeholder={props.placeholder} />
            <FilterSelect label="State" param="state" any="Any state" options={stateOptions} />
          </ListTools>
          <Region reads={[props.reads]} heights={[4, 4, 4, 4, 4]}>
            {props.children}
          </Region>
        </OperatorsOnly>
      </Region>
    </Stack>
  )
}
