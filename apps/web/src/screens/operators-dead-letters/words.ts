import type { OutboxState } from '@lightpress/protocol'
import { deadWords } from '../operators-queues/words.ts'
import type { Letter } from './data.ts'

export type LetterState = OutboxState['state']

type Named = Pick<Letter, 'id' | 'listener'>

/** Tells one letter from another: an event to several listeners is several. */
export function letterKey({ id, listener }: Named): string {
  return `${id} ${listener}`
}

/** What is to be sent again: some, or all of a module, of which it may not be known how many they are. */
export type Wanted = { letters: readonly Letter[] } | { all: number | undefined }

/** The question before it is done. */
export function replayWords(wanted: Wanted, module: string): string {
  if ('letters' in wanted) {
    return wanted.letters.length === 1 ? 'Replay this dead letter?' : `Replay ${wanted.letters.length} dead letters?`
  }
  if (wanted.all === undefined) return `Replay all dead letters of ${module}?`
  return `Replay ${wanted.all === 1 ? 'the' : 'all'} ${deadWords(wanted.all)} of ${module}?`
}

/** Whether anything more is to come of it by itself. */
export function isSettled(state: LetterState | undefined): boolean {
  return state === 'done' || state === 'dead'
}

/** Whether more is sent again than is shown. */
export function reachesFarther(wanted: Wanted, shown: readonly Letter[]): boolean {
  return 'all' in wanted && (wanted.all === undefined || wanted.all > shown.length)
}
