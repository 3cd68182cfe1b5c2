import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { aws } from './aws.ts'
import { Ended, type Program } from './call.ts'
import { docker } from './docker.ts'
import { git } from './git.ts'

const programs: Record<string, Program> = { aws, docker, git }

// Asked by the scripts of this folder (ask.sh): the folder, the program, its input, the number of its arguments, and they,
// each with a NUL behind it. Answered by the exit code on a line, and what is said.
const server = createServer({ allowHalfOpen: true }, (socket) => {
  let asked = ''
  socket.setEncoding('utf8').on('data', (text: string) => {
    asked += text
    const [folder = '', program = '', input = '', count, ...args] = asked.split('\0')
    if (count === undefined || args.length <= Number(count)) return
    socket.end(answer(program, { folder, input, args: args.slice(0, Number(count)) }))
  })
})
await once(server.listen(0, '127.0.0.1'), 'listening')
server.unref()

/** Where they ask. */
export const port = String((server.address() as AddressInfo).port)

function answer(program: string, call: Parameters<Program>[0]): string {
  try {
    const said = programs[program]?.(call)
    return said === undefined ? '127\nno such program\n' : `0\n${said}${said === '' ? '' : '\n'}`
  } catch (error) {
    if (error instanceof Ended) return `${error.code}\n${error.message}\n`
    return `70\n${String(error)}\n`
  }
}
