import type { JSX } from 'solid-js'
import { getSession } from '../../account/data.ts'
import { OperatorsOnly } from '../../account/operators-only.tsx'
import { Heading } from '../../ui/heading.tsx'
import { ListTools } from '../../ui/list-tools.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { Stack } from '../../ui/stack.tsx'

export interface ListScreenProps {
  title: string
  /** What it lists, and in which order. */
  lead: JSX.Element
  /** What the tools are for: "Find people". */
  find: string
  /** What narrows it down. */
  tools: JSX.Element
  /** The key of what is read for the list. */
  reads: string
  children: JSX.Element
}

/** Where operators look for something: what is asked for stands in the address. */
export function ListScreen(props: ListScreenProps) {
  useTitle(props.title)
  return (
    <Stack>
      <Region reads={[getSession.key]} heights={[3.5, 2.25, 4, 4, 4]}>
        <OperatorsOnly title={props.title}>
          <Heading title={props.title}>{props.lead}</Heading>
          <ListTools label={props.find}>{props.tools}</ListTools>
          <Region reads={[props.reads]} heights={[4, 4, 4, 4, 4]}>
            {props.children}
          </Region>
        </OperatorsOnly>
      </Region>
    </Stack>
  )
}
