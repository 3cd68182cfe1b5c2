import { eq } from 'drizzle-orm'
import { about, doomed, emptied, kept, type HeldData } from '../../../src/held-data.ts'
import { loan, log, reader, review, scan } from './schema.ts'

/** Everything that a holding can be: readers are people, libraries are organisations. */
export const held = {
  holdings: [
    { name: 'loans', table: loan, person: about((id) => eq(loan.readerId, id)), secret: ['card'] },
    {
      name: 'reviews',
      table: review,
      person: about((id) => eq(review.readerId, id), emptied({ author: null, stars: 0 })),
      organization: about((id) => eq(review.libraryId, id)),
    },
    {
      name: 'scans',
      table: scan,
      person: about((id) => eq(scan.readerId, id), doomed({ state: 'doomed', readerId: null })),
      unexported: true,
    },
    { name: 'log', table: log, person: about((id) => eq(log.readerId, id), kept('It is a log.')) },
    {
      name: 'readers',
      table: reader,
      person: about((id) => eq(reader.id, id)),
      organization: about((id) => eq(reader.libraryId, id), emptied({ libraryId: null })),
    },
  ],
} satisfies HeldData
