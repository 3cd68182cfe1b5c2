import { SecretDialog } from '../../ui/secret-dialog.tsx'

export function SigningSecretDialog(props: { secret: string; onClose: () => void }) {
  return (
    <SecretDialog
      title="Your signing secret"
      what="signing secret"
      secret={props.secret}
      about="By it your server tells our requests from everybody else’s. It is shown this once: put it where your server reads its secrets, and nowhere else."
      onClose={() => props.onClose()}
    />
  )
}
