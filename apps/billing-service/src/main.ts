import { main } from '@lightpress/kernel'
import { billing } from '@lightpress/billing'

await main([billing])
