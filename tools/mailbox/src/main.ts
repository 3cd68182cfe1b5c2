// The mailbox as a program of its own, as `npm start` and docker-compose.yml run it.
import { startMailbox } from './mailbox.ts'

const { HOST, PORT, DATA_FILE, WEBHOOK_URL, WEBHOOK_SECRET } = process.env
const mailbox = await startMailbox({
  port: Number(PORT || 4000),
  ...(HOST && { host: HOST }),
  ...(DATA_FILE && { file: DATA_FILE }),
  ...(WEBHOOK_URL && WEBHOOK_SECRET && { webhook: { url: WEBHOOK_URL, secret: WEBHOOK_SECRET } }),
})
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void mailbox.stop().then(() => process.exit(0)))
