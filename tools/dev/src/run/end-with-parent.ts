// Preloaded (--import) into every process that we start: ends it when its standard input closes, which
// happens however its parent ends, SIGKILL included. The services themselves know nothing of this.
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.stdin.on('close', end).resume()
  // What waits for our end must not keep us from ending.
  const input: { unref?: () => void } = process.stdin
  input.unref?.()
}

function end(): void {
  process.kill(process.pid, 'SIGTERM')
  setTimeout(() => process.exit(1), 5_000).unref()
}
