import { warm } from '../../api/warm.ts'
import { getPreferences } from '../notification-preferences/data.ts'
import { getNotifications } from './data.ts'
import { type Asked, parseFilter } from './filter.ts'

export function preloadNotifications({
  params,
  location: { query },
}: Pick<Asked, 'params'> & { location: Pick<Asked, 'query'> }) {
  if (params.part === 'preferences') warm(getPreferences())
  else warm(getNotifications(parseFilter({ params, query })))
}
