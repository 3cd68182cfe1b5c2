import { createSignal } from 'solid-js'

const [online, setOnline] = createSignal(navigator.onLine)
const [newVersion, setNewVersion] = createSignal(false)

/** Whether the machine has a network; and whether the server has a newer build than this page. */
export { newVersion, online }

export function watchConnection() {
  addEventListener('online', () => setOnline(true))
  addEventListener('offline', () => setOnline(false))
  // A chunk that is gone was replaced by a deploy.
  addEventListener('vite:preloadError', () => setNewVersion(navigator.onLine))
}
