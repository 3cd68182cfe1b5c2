import { action } from '@solidjs/router'
import { auth } from '../../api/auth.ts'

export const cancelRecovery = action((token: string) => auth.cancelRecovery({ token }), 'cancel-recovery')
