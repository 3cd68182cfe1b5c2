/**
 * Development data: whom `seed` makes, and whom `npm start` tells about. Seeding is refused in production, so
 * there these are nobody.
 */
export const developmentPeople = [
  { id: '01900000-0000-7000-8000-000000000001', email: 'admin@localhost', name: 'Ada Admin', role: 'operator' },
  { id: '01900000-0000-7000-8000-000000000002', email: 'owner@localhost', name: 'Olu Owner', role: 'owner' },
  { id: '01900000-0000-7000-8000-000000000003', email: 'member@localhost', name: 'Mia Member', role: 'member' },
].map((person) => ({ ...person, password: 'lightpress-dev' }))
