import { join, resolve } from 'node:path'
import { ROOT } from '../run/child.ts'

/** Everything that is kept between starts; `npm run reset` removes it. LIGHTPRESS_DATA puts it elsewhere. */
const DATA = resolve(ROOT, process.env.LIGHTPRESS_DATA || '.data')

export const FOLDERS = {
  data: DATA,
  lock: join(DATA, 'lock'),
  postgres: join(DATA, 'postgres'),
  redis: join(DATA, 'redis'),
  mails: join(DATA, 'mails.jsonl'),
  files: join(DATA, 'files'),
  stripe: join(DATA, 'stripe.json'),
  secrets: join(DATA, 'dev-secrets.json'),
  addresses: join(DATA, 'dev.json'),
  /** What we made for the services to run with, for `npm run lightpress`. */
  environment: join(DATA, 'dev-environment.json'),
}
