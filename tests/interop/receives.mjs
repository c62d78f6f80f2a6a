// node-hl7-server takes whatever comes and answers AA; prints its port, then the control id of each message.
import { Server } from 'node-hl7-server'

const port = Number(process.argv[2])
const inbound = new Server({ bindAddress: '127.0.0.1' }).createInbound({ port }, async (request, response) => {
  console.log(request.getMessage().get('MSH.10').toString())
  await response.sendResponse('AA')
})
inbound.on('listen', () => console.log('listening'))
