import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/pair/sender/schema.ts',
  out: './src/pair/sender/migrations',
  schemaFilter: ['sender'],
})
