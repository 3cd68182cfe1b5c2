import { isAppError } from '@lightpress/protocol'
import { Button } from './button.tsx'
import { createCountdown } from './countdown.ts'
import { duration } from './duration.ts'
import { toast } from './toast.ts'

/** Has a mail sent once more. Refused because there were many, it says when the next one can be had. */
export function SendAgain(props: { to: string; send: () => Promise<unknown> }) {
  const { left, start } = createCountdown()
  const send = async () => {
    try {
      await props.send()
      toast({ title: 'Sent again', detail: `Look for it at ${props.to}.` })
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
