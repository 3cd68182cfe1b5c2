import type { SignInReason } from '../../api/sign-in-reason.ts'
import { Note } from '../../ui/note.tsx'

const told: Record<SignInReason, { tone: 'info' | 'success'; title: string; words: string }> = {
  session_ended: {
    tone: 'info',
    title: 'You were signed out',
    words: 'From another browser, by a new password, or after long disuse. Sign in to go on where you were.',
  },
  signed_out_everywhere: {
    tone: 'success',
    title: 'You are signed out everywhere',
    words: 'Every browser and program must sign in again.',
  },
  password_reset: {
    tone: 'success',
    title: 'Your password is changed',
    words: 'You were signed out everywhere. Sign in with the new one.',
  },
}

export function ReasonNote(props: { reason: SignInReason }) {
  return (
    <div role="status">
      <Note tone={told[props.reason].tone} title={told[props.reason].title}>
        {told[props.reason].words}
      </Note>
    </div>
  )
}
