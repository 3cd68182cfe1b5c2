import type { SignInReason } from '../../api/sign-in-reason.ts'
import type { NoteProps } from '../../ui/note.tsx'

export interface Words {
  tone: NoteProps['tone']
  title: string
  words: string
}

export const reasonWords: Record<SignInReason, Words> = {
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
  took_too_long: {
    tone: 'info',
    title: 'That took too long',
    words: 'There are ten minutes for the second step of a sign-in. Begin once more.',
  },
}
