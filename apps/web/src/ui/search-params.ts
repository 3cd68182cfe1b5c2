/** What one of the address's parameters says; nothing where it is there twice. */
export function textOf(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value.trim() : ''
}

/** Whether it is a whole id, in whatever case. */
export function isId(typed: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(typed)
}
