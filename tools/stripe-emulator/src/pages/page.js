// What the pages do beyond plain forms. Each works without it, only with less comfort.

for (const form of document.querySelectorAll('form[data-progress]')) {
  const button = form.querySelector('button[type=submit]')
  const label = button.textContent
  form.addEventListener('submit', (event) => {
    if (button.ariaBusy === 'true') return event.preventDefault()
    button.ariaBusy = 'true'
    button.textContent = form.dataset.progress
  })
  // The browser's back button brings the page back as it was left.
  addEventListener('pageshow', () => {
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
