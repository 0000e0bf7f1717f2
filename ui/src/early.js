// Stands in the page itself, and asks for what the page will ask for first, while its scripts load: api/early.ts has it from here.
var early = {}
{
  const [, page, id] = location.pathname.split('/')
  const paths = ['/api/session']
  if (id) paths.push(`/api/products/${id}`)
  else if (!page && !location.search) paths.push('/api/products?show=sales&sort=state')
  for (const path of paths) {
    early[path] = {
      sent: performance.now(),
      came: fetch(path, { signal: AbortSignal.timeout(15_000) })
        .then(async (response) => ({ response, received: performance.now(), text: await response.text() }))
        .catch(() => {}),
    }
  }
}
