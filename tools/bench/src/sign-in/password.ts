export const PASSWORD = 'correct horse battery staple'

/** As auth hashes passwords (packages/auth/module/src/passwords.ts): OWASP's first choice. */
export const parameters = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 }
