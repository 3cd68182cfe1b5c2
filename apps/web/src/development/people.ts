import { query } from '@solidjs/router'
import { isThisMachine, parsePeople } from './parse-people.ts'

/**
 * Whom one can sign in as with a press. They are known to what `npm start` puts in front of the product, and to nothing
 * that is deployed: a build for production has no word of this folder, and no page asks but of this machine itself.
 */
export const getSeededPeople = query(async () => {
  if (!isThisMachine(location.hostname)) return []
  try {
    return await parsePeople(await fetch('/.lightpress/development.json'))
  } catch {
    return []
  }
}, 'seeded-people')
