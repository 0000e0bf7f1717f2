import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

const [from, to] = [10_000, 32_000]

/**
 * A port that nobody listens on, below those that systems give to connections: a page that tries to reach a server that is
 * down must not be given that very port. It stays this process's as long as it runs: who holds the UDP port of that number
 * keeps it from every other test, as package devstack does.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = from + Math.floor(Math.random() * (to - from))
    const held = createSocket('udp4').unref()
    const server = createServer()
    try {
      held.bind(port, '127.0.0.1')
      await once(held, 'listening')
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      server.close()
      await once(server, 'close')
      return port
    } catch {
      held.close()
    }
  }
  throw new Error(`no port between ${from} and ${to} is free`)
}
