import { Show } from 'solid-js'

/** In development a mail goes no further than the mailbox that was started beside the product. */
export function MailboxLink() {
  return (
    <Show when={import.meta.env.VITE_MAILBOX_URL}>
      {(url) => (
        <p>
          In development it is in the{' '}
          <a href={url()} target="_blank" rel="noreferrer">
            mailbox
          </a>
          .
        </p>
      )}
    </Show>
  )
}
