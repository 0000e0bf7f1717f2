import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './port'

const binary = path.resolve(process.env.SECKILL_BIN ?? path.join(import.meta.dirname, '../../bin/seckill'))
const readyWithinMs = 180_000

/** A real `seckill serve` with a data folder of its own, on a port that it keeps. */
export class Server {
  private child: ChildProcess | undefined

  private constructor(
    private readonly data: string,
    private readonly port: number,
    private readonly flags: string[],
  ) {}

  static async start(...flags: string[]): Promise<Server> {
    const server = new Server(await mkdtemp(path.join(tmpdir(), 'seckill-e2e-')), await freePort(), flags)
    await server.up()
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Starts it, after `kill` again on the same port and data, and returns once it is ready. */
  async up() {
    const child = spawn(binary, ['serve', '--listen', `127.0.0.1:${this.port}`, '--data', this.data, ...this.flags])
    let said = ''
    child.stdout.on('data', (text) => (said += text))
    child.stderr.on('data', (text) => (said += text))
    child.on('error', (error) => (said += error.message))
    this.child = child
    const deadline = Date.now() + readyWithinMs
    while (!(await this.ready(said))) {
      if (child.exitCode !== null || child.pid === undefined || Date.now() > deadline) {
        throw new Error(`${binary} serve did not become ready. It said:\n${said}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  // What it prints says that it is this one that answers there, and no other's server.
  private async ready(said: string): Promise<boolean> {
    if (!said.includes(`http://localhost:${this.port}`)) return false
    const answer = await fetch(`${this.url}/readyz`).catch(() => undefined)
    return answer?.ok ?? false
  }

  /** Ends it at once, as a lost machine would. */
  async kill() {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return
    const gone = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await gone
  }

  async stop() {
    await this.kill()
    await rm(this.data, { recursive: true, force: true })
  }

  async put(id: string, terms: Record<string, unknown>) {
    await this.ask(`/api/products/${id}`, { method: 'PUT', body: JSON.stringify(terms) })
  }

  async step(id: string, step: 'pause' | 'resume' | 'close' | 'archive') {
    await this.ask(`/api/products/${id}/${step}`, { method: 'POST' })
  }

  /** Runs a rehearsal to its end, and returns its id. A missing part of the plan is that of the demo. */
  async rehearse(plan: Record<string, unknown>): Promise<string> {
    const { id } = await this.begin(plan)
    for (;;) {
      const { state } = (await this.ask(`/api/rehearsals/${id}`, {})) as { state: string }
      if (state !== 'running' && state !== 'verifying') return id
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async begin(plan: Record<string, unknown>): Promise<{ id: string }> {
    return (await this.ask('/api/rehearsals', { method: 'POST', body: JSON.stringify(plan) })) as { id: string }
  }

  async remove(route: string) {
    await this.ask(route, { method: 'DELETE' })
  }

  /** Lets `buyers` buy, `at` most at a time; the names are `name`-1 and up. */
  async fill(id: string, buyers: number, name = 'buyer', at = 64) {
    let next = 0
    const one = async () => {
      while (next < buyers) {
        const user_id = `${name}-${++next}`
        await this.ask(`/api/products/${id}/orders`, { method: 'POST', body: JSON.stringify({ user_id }) })
      }
    }
    await Promise.all(Array.from({ length: at }, one))
  }

  /** Lets `buyers` of random names buy as fast as they are answered. */
  async rush(id: string, buyers: number) {
    const flags = ['--url', this.url, '--product', id, '--buyers', String(buyers), '--over', '0s']
    await promisify(execFile)(binary, ['rush', ...flags])
  }

  /** What a shop says that it was paid for an order of product 1, and what the sale says of that. */
  async pay(payment_id: string, order_id: string, amount = 1999): Promise<string> {
    const body = JSON.stringify({ payment_id, product_id: '1', order_id, amount, currency: 'EUR' })
    return ((await this.ask('/api/payments', { method: 'POST', body })) as { outcome: string }).outcome
  }

  /** The newest order of product 1 that this user has. */
  async orderOf(user: string): Promise<string> {
    const { orders } = (await this.ask('/api/products/1/orders?order=newest', {})) as { orders: { order_id: string; user_id: string }[] }
    const found = orders.find(({ user_id }) => user_id === user)
    if (!found) throw new Error(`${user} has no order`)
    return found.order_id
  }

  async end(order_id: string, step: 'cancel' | 'void') {
    const body = step === 'void' ? { body: JSON.stringify({ reason: 'sold by mistake' }) } : {}
    await this.ask(`/api/orders/${order_id}/${step}`, { method: 'POST', ...body })
  }

  private async ask(route: string, init: RequestInit): Promise<unknown> {
    const headers = init.body ? { 'Content-Type': 'application/json' } : undefined
    const answer = await fetch(this.url + route, { ...init, ...(headers ? { headers } : {}) })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${route}: ${answer.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
}
