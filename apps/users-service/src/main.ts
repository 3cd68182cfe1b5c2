import { main } from '@lightpress/kernel'
import { users } from '@lightpress/users'

await main([users])
