// The mailbox as a program of its own, as docker-compose.yml runs it.
import { startMailbox } from './mailbox.ts'

const mailbox = await startMailbox({
  host: '0.0.0.0',
  port: Number(process.env.PORT ?? 4000),
  ...(process.env.DATA_FILE && { file: process.env.DATA_FILE }),
})
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void mailbox.stop().then(() => process.exit(0)))
