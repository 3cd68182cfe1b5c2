import { isAppError } from '@lightpress/protocol'
import { Button } from './button.tsx'
import { createCountdown } from './countdown.ts'
import { duration } from './duration.ts'
import { toast } from './toast.ts'

/** One address is sent so many mails a minute, and silently no more: so that nobody learns who has an account. */
const secondsBetween = 60

/**
 * Has a mail sent once more, and says when the next one can be had: a minute later for every address alike, or as the
 * refusal says because there were many. Whether one was sent nobody is told but who has the address.
 */
export function SendAgain(props: { to: string; send: () => Promise<unknown> }) {
  const { left, start } = createCountdown()
  const send = async () => {
    try {
      await props.send()
      toast({ title: 'Asked for again', detail: `If a mail is due, it is on its way to ${props.to}.` })
      start(secondsBetween)
    } catch (error) {
      if (!isAppError(error) || error.code !== 'limited' || error.retryAfter === undefined) throw error
      start(error.retryAfter)
    }
  }
  return (
    <Button wide waiting={left() > 0} action={send}>
      {left() > 0 ? `Send again in ${duration(left())}` : 'Send again'}
    </Button>
  )
}
