// Scanning by camera where the browser can read codes by itself; else the button stays hidden.
const button = document.getElementById('scan')
const panel = document.getElementById('camera')
let input = document.getElementById('code')

// Some labels have several lines; the field would join them.
const isLined = text => /\S[\r\n]+\s*\S/.test(text)
function lines(text) {
  const field = document.createElement('textarea')
  for (const { name, value } of input.attributes) if (name !== 'value') field.setAttribute(name, value)
  field.rows = 4
  field.value = text
  input.replaceWith(field)
  input = field
  field.focus()
}
input.addEventListener('paste', event => {
  const text = event.clipboardData?.getData('text') ?? ''
  if (input.value !== '' || !isLined(text)) return
  event.preventDefault()
  lines(text)
})

async function formats() {
  if (!('BarcodeDetector' in window) || !navigator.mediaDevices) return []
  const wanted = ['qr_code', 'data_matrix', 'ean_13', 'ean_8', 'upc_a', 'upc_e', 'itf', 'code_128', 'pdf417', 'aztec']
  const able = await BarcodeDetector.getSupportedFormats()
  return wanted.filter(format => able.includes(format))
}

async function scan(detector) {
  const video = panel.querySelector('video')
  const note = panel.querySelector('p')
  panel.hidden = false
  let stream
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
  } catch {
    note.textContent = panel.dataset.failed
    return
  }
  let running = true
  const stop = () => {
    running = false
    for (const track of stream.getTracks()) track.stop()
    panel.hidden = true
    button.focus()
  }
  panel.querySelector('button').onclick = stop
  video.srcObject = stream
  await video.play()
  while (running) {
    const [code] = await detector.detect(video).catch(() => [])
    if (code?.rawValue) {
      stop()
      if (isLined(code.rawValue)) lines(code.rawValue)
      else input.value = code.rawValue
      input.form.requestSubmit()
      return
    }
    await new Promise(resolve => setTimeout(resolve, 150))
  }
}

formats().then(able => {
  if (!able.length) return
  const detector = new BarcodeDetector({ formats: able })
  button.hidden = false
  button.addEventListener('click', () => scan(detector))
})
