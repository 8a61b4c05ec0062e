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
