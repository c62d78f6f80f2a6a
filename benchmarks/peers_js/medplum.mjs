// Times @medplum/core's parser on messages given as JSON on standard input ({name: [message, ...]}): microseconds a
// message, the median of so many rounds after a warm-up of its own.
import { readFileSync } from 'node:fs'

globalThis.WebSocket ??= class extends EventTarget {} // node 20 has none; the package only derives from it
const { Hl7Message } = await import('@medplum/core')

const WARM_UP_MS = 300
const LEAST_MS = 20
const rounds = Number(process.argv[2])
const bodies = JSON.parse(readFileSync(0, 'utf8'))
let sink = 0

function once(messages) {
  for (const message of messages) {
    sink += Hl7Message.parse(message).segments.length
  }
}

function spent(messages, repeats) {
  const begin = process.hrtime.bigint()
  for (let turn = 0; turn < repeats; turn++) {
    once(messages)
  }
  return Number(process.hrtime.bigint() - begin) / 1e3
}

const figures = {}
for (const [name, messages] of Object.entries(bodies)) {
  let turns = 0
  for (let warm = 0; warm < WARM_UP_MS * 1e3; turns++) {
    warm += spent(messages, 1)
  }
  const repeats = Math.max(1, Math.ceil((turns * LEAST_MS) / WARM_UP_MS))
  const times = Array.from({ length: rounds }, () => spent(messages, repeats) / repeats / messages.length)
  times.sort((one, other) => one - other)
  figures[name] = times[Math.floor(times.length / 2)]
}
if (sink === 0) {
  throw new Error('nothing was parsed')
}
console.log(JSON.stringify(figures))
