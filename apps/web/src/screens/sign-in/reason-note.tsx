import type { SignInReason } from '../../api/sign-in-reason.ts'
import { Note } from '../../ui/note.tsx'

const told: Record<SignInReason, { tone: 'info' | 'success'; title: string; words: string }> = {
  session_ended: {
    tone: 'info',
    title: 'You were signed out',
    words:
      'Somewhere else, or because nobody used this session for long. Go on where you were; what you typed is kept.',
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
