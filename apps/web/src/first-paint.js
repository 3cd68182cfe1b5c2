/*
 * Runs before the first paint, so that a dark room stays dark: a classic script of its own (the page's
 * security policy allows no inline ones), which the build names by its hash. ui/theme.ts goes on from here.
 */
;(function () {
  var theme = 'system'
  try {
    theme = localStorage.getItem('theme') || theme
  } catch {
    // Storage is forbidden: the system's theme it is.
  }
  if (theme !== 'light' && theme !== 'dark')
    theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  document.documentElement.dataset.theme = theme
})()
