// What the pages do beyond plain forms. Each works without it, only with less comfort.

for (const form of document.querySelectorAll('form[data-progress]')) {
  // A form with several buttons has one that matters most: it shows what is going on, whatever began it.
  const button = form.querySelector('button.wide[type=submit]') ?? form.querySelector('button[type=submit]')
  const label = button.textContent
  form.addEventListener('submit', (event) => {
    if (form.ariaBusy === 'true') return event.preventDefault()
    form.ariaBusy = 'true'
    if (event.submitter?.name) return
    button.ariaBusy = 'true'
    button.textContent = form.dataset.progress
  })
  // The browser's back button brings the page back as it was left.
  addEventListener('pageshow', () => {
    form.ariaBusy = 'false'
    button.ariaBusy = 'false'
    button.textContent = label
  })
}

const number = document.querySelector('#cardNumber')
const cards = document.querySelector('fieldset.cards')
if (number && cards) {
  cards.hidden = false
  for (const button of cards.querySelectorAll('button')) {
    button.addEventListener('click', () => {
      number.value = button.dataset.card
      number.focus()
    })
  }
}

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false
  button.addEventListener('click', () => print())
}

// Where the navigation is one row wider than the screen, it begins at the page that is shown.
const current = document.querySelector('nav [aria-current]')
const row = current?.closest('ul')
if (row) row.scrollLeft = current.offsetLeft - row.offsetLeft - 16
