import type { QueueState } from '@lightpress/protocol'
import { notifications } from '../../api/notifications.ts'
import { read } from '../../api/read.ts'

export const getQueues = read('operators-queues', () => notifications.adminListQueues({}))

export type Queue = QueueState & { module: string }
