import { createSignal } from 'solid-js'

const [unread, setUnread] = createSignal(0)

/** The one count that the bell, the sidebar and the list agree on; the server's word replaces a guess. */
export { setUnread, unread }
