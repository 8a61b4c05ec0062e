// Small comforts of the product page: print, share, read aloud. The page is complete without them.
for (const button of document.querySelectorAll('[data-do]')) {
  const act = button.dataset.do
  if (act === 'print') {
    button.hidden = false
    button.addEventListener('click', () => window.print())
  }
  if (act === 'share' && navigator.share) {
    button.hidden = false
    button.addEventListener('click', () => {
      navigator.share({ title: document.title, url: button.dataset.url }).catch(() => {})
    })
  }
  if (act === 'read' && 'speechSynthesis' in window) {
    button.hidden = false
    button.addEventListener('click', () => {
      const texts = [...document.querySelectorAll('.v h1, .v p, .n')].map(element => element.textContent)
      const speech = new SpeechSynthesisUtterance(texts.join('。'))
      speech.lang = document.documentElement.lang
      window.speechSynthesis.cancel()
      window.speechSynthesis.speak(speech)
    })
  }
}
// closed explanations are printed, too
let opened = []
window.addEventListener('beforeprint', () => {
  opened = [...document.querySelectorAll('details:not([open])')]
  for (const details of opened) details.open = true
})
window.addEventListener('afterprint', () => {
  for (const details of opened) details.open = false
})

// How often this item was verified. Counted once for a tab, so that going back or reloading does not count again. The
// province is the reader's to give; it stays on this device and goes along with the count.
const scans = document.getElementById('scans')
if (scans) {
  const [status, select, label] = [
    scans.querySelector('p'),
    scans.querySelector('select'),
    scans.querySelector('label'),
  ]
  const stored = (store, name, value) => {
    try {
      if (value !== undefined) store.setItem(name, value)
      return store.getItem(name)
    } catch {
      return null // storage is forbidden
    }
  }
  const region = stored(localStorage, 'region')
  const seen = `scan ${scans.action}`
  const method = stored(sessionStorage, seen) ? 'GET' : 'POST'
  fetch(region ? `${scans.action}&region=${region}` : scans.action, { method, headers: { accept: 'application/json' } })
    .then(answer => (answer.ok ? answer.json() : Promise.reject(answer.status)))
    .then(({ text, places = [] }) => {
      stored(sessionStorage, seen, '1')
      status.textContent = text
      status.hidden = false
      scans.querySelector('button').hidden = true
      for (const place of places) select.add(new Option(place.title, place.region))
      label.hidden = places.length === 0
      select.addEventListener('change', () => stored(localStorage, 'region', select.value))
    })
    .catch(() => {})
}
