import { createHmac, randomBytes } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Where the shop keeps its key (shop.key), and what it publishes of it. */
export const folder = mkdtempSync(path.join(tmpdir(), 'seckill-shop-'))
const secret = randomBytes(32)
writeFileSync(path.join(folder, 'shop.key'), secret)
const keys = path.join(folder, 'buyers.json')
writeFileSync(keys, JSON.stringify({ keys: [{ kty: 'oct', alg: 'HS256', kid: 'shop-1', k: secret.toString('base64url') }] }))

export const operator = 'open-sesame-open-sesame'

/** Of a server that knows its buyers by the tokens of the shop. */
export const shopFlags = [
  ['--admin-token', operator, '--buyer-auth', 'jwt', '--buyer-keys', `file:${keys}`],
  ['--buyer-issuer', 'https://shop.example', '--buyer-audience', 'seckill'],
].flat()

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** What the shop says of a buyer, for so many seconds. */
export function tokenOf(user: string, seconds = 3600, groups?: string[]): string {
  const exp = Math.floor(Date.now() / 1000) + seconds
  const signed = `${part({ alg: 'HS256', kid: 'shop-1' })}.${part({ iss: 'https://shop.example', aud: 'seckill', sub: user, exp, groups })}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

/** Asks such a server as whoever has the token. */
export async function ask(url: string, token: string, init: RequestInit = {}): Promise<unknown> {
  const headers = { Authorization: `Bearer ${token}`, ...(init.body ? { 'Content-Type': 'application/json' } : {}) }
  const answer = await fetch(url, { ...init, headers })
  if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${url}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}

export const put = (url: string, terms: Record<string, unknown>, id = '1') =>
  ask(`${url}/api/products/${id}`, operator, { method: 'PUT', body: JSON.stringify(terms) })
