import { auth } from '@lightpress/auth'
import { auth as authContract } from '@lightpress/auth-contract'
import { billing } from '@lightpress/billing-contract'
import { main } from '@lightpress/kernel'
import { notifications } from '@lightpress/notifications-contract'
import { users } from '@lightpress/users-contract'

// The service that documents all of them: it has /.well-known already, so it is the one that strangers ask first.
const documents = [authContract, users, billing, notifications]

await main([auth], { documents })
