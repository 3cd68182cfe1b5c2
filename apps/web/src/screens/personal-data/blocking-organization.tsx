import { useAction, useNavigate } from '@solidjs/router'
import { switchOrganization } from '../../account/data.ts'
import { Button } from '../../ui/button.tsx'
import type { PlannedOrganization } from './erasure-plan.tsx'

/** Leads to where it is settled, which is a matter of the organisation that the session acts for. */
export function BlockingOrganization(props: { organization: PlannedOrganization; onLeave: () => void }) {
  const change = useAction(switchOrganization)
  const navigate = useNavigate()
  const words = () => (props.organization.personal ? 'Go to its members' : 'Go to its settings')
  const open = async () => {
    await change(props.organization.id)
    props.onLeave()
    navigate(props.organization.personal ? '/organization/members' : '/organization')
  }
  return (
    <Button size="small" aria-label={`${words()}: ${props.organization.name}`} action={open}>
      {words()}
    </Button>
  )
}
