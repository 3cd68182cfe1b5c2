import { requireOwnAccount } from './account.ts'
import { Keys } from './keys.ts'
import { Network } from './network.ts'
import { SecurityGroups } from './security-groups.ts'
import { readSettings } from './settings.ts'

// The whole of an environment; `pulumi up` runs this file. What staging and production differ in is in their settings
// and in sizing.ts.
const settings = readSettings()
await requireOwnAccount(settings)

export const keys = new Keys(settings).arn
const network = new Network(settings)
new SecurityGroups(settings, network)

/** Where people find the product. */
export const url = settings.publicUrl
