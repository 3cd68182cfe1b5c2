/** Every zone that the browser knows; whatever is chosen already is among them, even if only the server knows it. */
export function timeZones(chosen: string): { value: string; label: string }[] {
  const zones = new Set(['UTC', ...Intl.supportedValuesOf('timeZone'), chosen])
  return [...zones].sort().map((value) => ({ value, label: value.replaceAll('_', ' ') }))
}
