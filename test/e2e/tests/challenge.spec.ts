import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { expect, expectNoFindings, expectNoSidewaysScroll, test } from '../fixtures'
import { folder, put, shopFlags, tokenOf } from '../shop'

const secret = path.join(folder, 'challenge.secret')
writeFileSync(secret, 's3cret')

// A stand-in for the provider, which takes each token once.
const spent = new Set<string>()
const provider = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  const form = new URLSearchParams(body)
  const token = form.get('response') ?? ''
  const good = form.get('secret') === 's3cret' && token.startsWith('good-') && !spent.has(token)
  spent.add(token)
  const verdict = good ? { success: true, hostname: 'localhost', action: token.split('.')[1] } : { success: false, 'error-codes': ['timeout-or-duplicate'] }
  response.end(JSON.stringify(verdict))
})
await new Promise<void>((ready) => provider.listen(0, '127.0.0.1', ready))
provider.unref() // the process that only collects the tests has one, too
const verify = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/siteverify`
test.afterAll(() => void provider.close())

test.use({
  flags: [...shopFlags, '--challenge', verify, '--challenge-secret', `file:${secret}`, '--challenge-site-key', '0x4AAAAAAA', '--challenge-hosts', 'localhost'],
})

/** A stand-in for the widget: a button, whose n-th press gives the n-th token of these. */
async function widget(page: Page, tokens: string[]) {
  await page.route('https://challenges.cloudflare.com/**', (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      body: `let tokens = ${JSON.stringify(tokens)}
        window.turnstile = {
          render(box, options) {
            const button = document.createElement('button')
            button.textContent = 'I am a person, for ' + options.action + ' at ' + options.sitekey
            button.onclick = () => options.callback(tokens.shift() + '.' + options.action)
            box.append(button)
            return 'w'
          },
          reset() {}, remove() {},
        }`,
    }),
  )
}

async function arrive(page: Page, url: string, user: string) {
  await put(url, { quantity: 5 })
  await page.goto(`/buy/1#token=${tokenOf(user)}`)
}

test('a buyer passes the challenge, once, and buys', async ({ page, server }) => {
  const scripts: string[] = []
  page.on('request', (request) => request.url().includes('cloudflare') && scripts.push(request.url()))
  await widget(page, ['bad', `good-${randomBytes(4).toString('hex')}`])
  await arrive(page, server.url, 'ann')
  await expect(page.getByRole('heading', { name: 'Show that you are a person' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Buy one' })).toBeDisabled()
  await expectNoFindings(page)
  await expectNoSidewaysScroll(page)
  const person = page.getByRole('button', { name: 'I am a person, for pass at 0x4AAAAAAA' })
  await person.click()
  await expect(page.getByRole('alert')).toHaveText('That did not work. Please try again.')
  await person.click()
  await expect(page.getByRole('heading', { name: 'Show that you are a person' })).toBeHidden()
  await page.reload()
  await page.getByRole('button', { name: 'Buy one' }).click()
  await expect(page.getByRole('heading', { name: 'It’s yours' })).toBeVisible()
  expect(scripts).toEqual(['https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit'])
})

test('a widget that cannot be loaded is told, in both languages', async ({ page, server }) => {
  await page.route('https://challenges.cloudflare.com/**', (route) => route.abort())
  await arrive(page, server.url, 'bob')
  await expect(page.getByRole('alert')).toHaveText('The check could not be loaded. Reload the page, or try another network.')
  await page.getByRole('button', { name: '中文' }).click()
  await expect(page.getByRole('heading', { name: '请完成人机验证' })).toBeVisible()
  await expect(page.getByRole('alert')).toHaveText('验证组件无法加载，请刷新页面或更换网络再试。')
})
