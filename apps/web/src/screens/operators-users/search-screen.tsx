import type { JSX } from 'solid-js'
import { FilterSelect } from '../../ui/filter-select.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { ListScreen } from './list-screen.tsx'
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

/** Where operators look for somebody or something by what was typed, and by its state. */
export function SearchScreen(props: SearchScreenProps) {
  return (
    <ListScreen
      title={props.title}
      lead={props.lead}
      find={`Find ${props.what}`}
      tools={
        <>
          <SearchField label={`Search ${props.what}`} placeholder={props.placeholder} />
          <FilterSelect label="State" param="state" any="Any state" options={stateOptions} />
        </>
      }
      reads={props.reads}
    >
      {props.children}
    </ListScreen>
  )
}
