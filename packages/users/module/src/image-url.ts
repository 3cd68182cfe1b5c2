/** Where the image of this name is; null for none. */
export function imageUrl(name: string | null): string | null {
  return name === null ? null : `/v1/users/images/${name}`
}
