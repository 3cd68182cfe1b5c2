import type { ErasurePlan } from '@lightpress/users-contract'
import { useAction, useNavigate } from '@solidjs/router'
import { switchOrganization } from '../../account/data.ts'
import { Button } from '../../ui/button.tsx'

/** Leads to where an organisation is handed on or deleted, which is a matter of the one that the session acts for. */
export function BlockingOrganization(props: {
  organization: ErasurePlan['organizations'][number]
  onLeave: () => void
}) {
  const change = useAction(switchOrganization)
  const navigate = useNavigate()
  const open = async () => {
    await change(props.organization.id)
    props.onLeave()
    navigate('/organization')
  }
  return (
    <Button size="small" aria-label={`Go to the settings of ${props.organization.name}`} action={open}>
      Go to its settings
    </Button>
  )
}
