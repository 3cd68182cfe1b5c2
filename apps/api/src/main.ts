import { auth } from '@lightpress/auth'
import { billing } from '@lightpress/billing'
import { main } from '@lightpress/kernel'
import { notifications } from '@lightpress/notifications'
import { users } from '@lightpress/users'

const modules = [auth, users, billing, notifications]

await main(modules, { documents: modules.map(({ contract }) => contract) })
