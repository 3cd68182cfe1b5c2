import ListTree from 'lucide-solid/icons/list-tree'
import Mail from 'lucide-solid/icons/mail'
import { Row, Rows } from '../../ui/rows.tsx'
import { SettingsGroup } from '../../ui/settings.tsx'
import { Truncate } from '../../ui/truncate.tsx'
import { messagesPath } from '../operators-messages/search.ts'
import { timelinePath } from './subject.ts'

/** On the page of a person or an organisation: the ways to what came about, and why. */
export function WhatHappened(props: { of: { userId: string } | { organizationId: string } }) {
  return (
    <SettingsGroup title="What happened" lead="And what came of it, one thing after the other.">
      <Rows label="What happened">
        <Row icon={ListTree} title={<Truncate text="Timeline" href={timelinePath(props.of)} />}>
          From each request to its events, e-mails, webhooks and charges.
        </Row>
        <Row icon={Mail} title={<Truncate text="E-mails" href={messagesPath(props.of)} />}>
          What was sent, and what became of it.
        </Row>
      </Rows>
    </SettingsGroup>
  )
}
