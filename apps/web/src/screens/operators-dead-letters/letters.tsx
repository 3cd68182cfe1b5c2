import { useAction } from '@solidjs/router'
import RotateCcw from 'lucide-solid/icons/rotate-ccw'
import MailX from 'lucide-solid/icons/mail-x'
import { createSignal, type JSX, Show, untrack } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { createLasting } from '../../ui/lasting.ts'
import { Listing } from '../../ui/listing.tsx'
import { Stack } from '../../ui/stack.tsx'
import { toast } from '../../ui/toast.ts'
import { countDead, type Letter, replayLetters } from './data.ts'
import { followLetters } from './follow-letters.ts'
import { LetterRow } from './letter-row.tsx'
import styles from './letters.module.css'
import { SentAgain } from './sent-again.tsx'
import { letterKey, reachesFarther, replayWords, type Wanted } from './words.ts'

export interface LettersProps {
  module: string
  page: { items: Letter[]; nextCursor: string | null }
  empty: JSX.Element
  /** Reads the page anew, behind what is shown. */
  again: () => Promise<void>
}

/** The letters of a page; one, some or all of the module are sent again, and followed. */
export function Letters(props: LettersProps) {
  const replay = useAction(replayLetters)
  const [picked, setPicked] = createSignal<ReadonlySet<string>>(new Set())
  const [asking, setAsking] = createSignal<Wanted>()
  const again = () => props.again().catch(() => undefined)
  const followed = followLetters(
    untrack(() => props.module),
    { onSettled: () => void again() },
  )
  const letters = createLasting(() => props.page.items, letterKey)
  // What is gone from the list is not picked any more.
  const chosen = () => props.page.items.filter((letter) => picked().has(letterKey(letter)))

  const pick = (letter: Letter, on: boolean) =>
    setPicked((before) => {
      const after = new Set(before)
      if (on) after.add(letterKey(letter))
      else after.delete(letterKey(letter))
      return after
    })
  const pickAll = (on: boolean) => setPicked(new Set(on ? props.page.items.map(letterKey) : []))

  const askAboutAll = async () => setAsking({ all: await countDead(props.module).catch(() => undefined) })

  const sendAgain = async (wanted: Wanted) => {
    // They will not be in the list any more.
    const shown = [...('letters' in wanted ? wanted.letters : props.page.items)]
    const { count } = await replay(props.module, 'letters' in wanted ? wanted.letters : undefined)
    followed.add(shown)
    setPicked(new Set<string>())
    await again()
    toast(
      count === 0
        ? { title: 'They were not dead any more', detail: 'Somebody else has sent them again.' }
        : { title: `${count === 1 ? '1 letter is' : `${count} letters are`} sent again` },
    )
  }

  return (
    <Stack>
      <Show when={followed.sent().length > 0}>
        <SentAgain followed={followed} />
      </Show>
      <Show when={props.page.items.length > 0}>
        <div class={styles.tools} role="group" aria-label="What to replay">
          <label class={styles.all}>
            <input
              type="checkbox"
              checked={chosen().length === props.page.items.length}
              onChange={({ currentTarget }) => pickAll(currentTarget.checked)}
            />
            All on this page
          </label>
          <Button waiting={chosen().length === 0} onClick={() => setAsking({ letters: chosen() })}>
            <RotateCcw size={16} />
            Replay selected{chosen().length > 0 ? ` (${chosen().length})` : ''}
          </Button>
          <Button action={askAboutAll}>Replay all of {props.module}</Button>
        </div>
      </Show>
      <Listing
        label="Dead letters"
        page={{ items: letters(), nextCursor: props.page.nextCursor }}
        icon={MailX}
        empty={props.empty}
      >
        {(letter) => (
          <LetterRow
            letter={letter}
            picked={picked().has(letterKey(letter))}
            onPick={(on) => pick(letter, on)}
            replay={() => setAsking({ letters: [{ ...letter }] })}
          />
        )}
      </Listing>
      <Show when={asking()}>
        {(wanted) => (
          <ConfirmDialog
            title={replayWords(wanted(), props.module)}
            action="Replay"
            variant="primary"
            run={() => sendAgain(wanted())}
            onClose={() => setAsking(undefined)}
          >
            Each goes to its listener once more and has ten new attempts. What has taken effect does not do so twice. If
            what made them fail is still there, they will be back.{' '}
            {reachesFarther(wanted(), props.page.items) &&
              'What becomes of those on this page is shown here; how many wait, the queues say.'}
          </ConfirmDialog>
        )}
      </Show>
    </Stack>
  )
}
