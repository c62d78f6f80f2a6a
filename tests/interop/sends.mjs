// node-hl7-client sends so many messages to a port, each once the one before is answered; prints what it was answered.
import { Client, Message } from 'node-hl7-client'

const [port, count] = process.argv.slice(2).map(Number)
const answers = []
let heard = () => {}

const connection = new Client({ host: '127.0.0.1' }).createConnection({ port, waitAck: true }, (answer) => {
  const msa = answer.getMessage().get('MSA')
  answers.push([msa.get('1').toString(), msa.get('2').toString()])
  heard()
})
for (let number = 0; number < count; number++) {
  const answered = new Promise((resolve) => (heard = resolve))
  await connection.sendMessage(
    new Message({
      text:
        `MSH|^~\\&|NODE|HOSP|HUB|CITY|20240501080000||ADT^A04^ADT_A01|N${number}|P|2.5.1||||||UNICODE UTF-8\r` +
        `EVN||20240501080000\rPID|1||N${number}^^^HOSP^MR||赵^亿||19900307|M\rPV1|1|O`,
    }),
  )
  await answered
}
await connection.close()
console.log(JSON.stringify(answers))
process.exit(0)
