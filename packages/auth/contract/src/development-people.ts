// Development data. Seeding is refused in production, so there these are nobody.

const password = 'lightpress-dev'
const idOf = (n: number) => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`

/** Whom `npm start` tells about, and offers to be. */
export const developmentPeople = [
  { id: idOf(1), email: 'admin@localhost', name: 'Ada Admin', role: 'operator' },
  { id: idOf(2), email: 'owner@localhost', name: 'Olu Owner', role: 'owner' },
  { id: idOf(3), email: 'member@localhost', name: 'Mia Member', role: 'member' },
].map((person) => ({ ...person, password }))

/** With whom they work, so that there is somebody in the lists. They sign in with the same password. */
export const developmentColleagues = (
  [
    { email: 'amara@localhost', name: 'Amara Okonkwo', locale: 'en' },
    { email: 'juergen@localhost', name: 'Jürgen Weiß', locale: 'de' },
    { email: 'chloe@localhost', name: 'Chloé Lefèvre', locale: 'fr' },
    { email: 'soren@localhost', name: 'Søren Kjær', locale: 'en' },
    { email: 'priya@localhost', name: 'Priya Raghunathan', locale: 'en' },
    { email: 'xiuying@localhost', name: '王秀英', locale: 'en' },
    { email: 'ivan@localhost', name: 'Иван Морозов', locale: 'en' },
    { email: 'fatima@localhost', name: 'Fatima Zahra El Amrani', locale: 'fr' },
    // As long as names get.
    {
      email: 'abdulrahman@localhost',
      name: 'عبد الرحمن بن محمد بن عبد العزيز بن عبد الله بن يوسف بن إبراهيم الأنصاري القرطبي',
      locale: 'en',
    },
    { email: 'lucas@localhost', name: 'Lucas Moreira', locale: 'en' },
  ] as const
).map((person, at) => ({ id: idOf(4 + at), ...person, password }))
