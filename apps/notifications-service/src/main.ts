import { main } from '@lightpress/kernel'
import { notifications } from '@lightpress/notifications'

await main([notifications])
