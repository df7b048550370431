// The audit trail as an auditor uses it: what was changed, the proof, a review that is signed; and programs in texts, which
// stay texts.
import { must, ready, t } from './harness.mjs'

/** What was done to the order, found by its link and shown with old and new values. */
async function trail(walk, page) {
  const { order } = walk.input
  await page.goto(`/orders/${order}/history`)
  await ready(page)
  await page
    .getByRole('link', { name: t('audit.trail'), exact: true })
    .last()
    .click()
  await page.getByRole('heading', { name: t('audit.title'), level: 1 }).waitFor()
  await ready(page)
  const row = page.locator('tbody tr').filter({ hasText: t('audit.action.released') })
  await row.first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('table', { name: t('audit.diff.title') }).waitFor()
  await dialog.locator('ins').filter({ hasText: 'released' }).first().waitFor()
  await walk.shot(page, 'audit-row')
  await page.keyboard.press('Escape')
  const { total } = await walk.api(page, `/audit?noun=order&subject=${order}&limit=1`)
  await page.getByText(t('list.shown', { shown: Math.min(total, 50), total })).waitFor()
  await page.goto('/audit')
  await ready(page)
  await page.getByRole('tab', { name: t('audit.tab.refused') }).click()
  await page
    .locator('tbody tr')
    .filter({ hasText: t('audit.action.refused') })
    .first()
    .waitFor()
  await walk.shot(page, 'audit-refused')
}

/** The proof is checked on demand, and says what it found. */
async function proof(walk, page) {
  await page.goto('/audit')
  await ready(page)
  const panel = page.getByRole('region', { name: t('audit.proof.title'), exact: true })
  const { whole } = await walk.api(page, '/audit/proof')
  await panel.getByRole('button', { name: t('audit.proof.verify_all') }).click()
  await panel.getByText(t('status.proof.holds'), { exact: true }).waitFor()
  await page.waitForFunction(
    async (before) => {
      const proof = await (await fetch('/api/v1/audit/proof')).json()
      return !proof.running && proof.whole?.at !== before && proof.whole?.ok
    },
    whole?.at,
    { polling: 500 },
  )
  const said = await walk.api(page, '/audit/proof')
  must(said.whole.anchored && said.whole.compared, `the proof lacks its key or file: ${JSON.stringify(said.whole)}`)
  await panel.getByText(said.last.key).waitFor()
  await walk.shot(page, 'audit-proof')
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.locator('html[data-mantine-color-scheme="dark"]').waitFor()
  await walk.shot(page, 'audit-proof-dark')
  await page.emulateMedia({ colorScheme: 'light' })
}

/** A period is looked at, its review written down and signed. */
async function review(walk, page) {
  const form = page.getByRole('dialog')
  // The period ends with the last full minute: a plant that has just started has rows in it a little later.
  for (let tries = 20; ; tries--) {
    await page.goto('/audit/reviews')
    await ready(page)
    await page
      .getByRole('button', { name: t('audit.reviews.new') })
      .first()
      .click()
    const rows = form.getByRole('list', { name: t('audit.review.counts') }).getByRole('listitem')
    const there = await rows
      .first()
      .waitFor({ timeout: 5_000 })
      .then(() => true)
      .catch(() => false)
    if (there) break
    must(tries > 0, 'the period holds no rows')
  }
  await form
    .getByLabel(t('audit.review.findings'), { exact: true })
    .fill('Looked at refused attempts. Nothing unusual.')
  await walk.shot(page, 'audit-review-new')
  await form.locator('button[type="submit"]').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(t('status.request.open'), { exact: true }).waitFor()
  await walk.shot(page, 'audit-review-open')
  await dialog.getByRole('button', { name: t('sign.open') }).click()
  const sign = page.getByRole('dialog').last()
  await sign.locator('input[type="password"]').first().fill(walk.input.logins['au-01'])
  await walk.shot(page, 'audit-review-sign')
  await sign.getByRole('button', { name: /^Sign/ }).last().click()
  await page.getByRole('dialog').first().getByText(t('status.request.signed'), { exact: true }).first().waitFor()
  const { items } = await walk.api(page, '/audit/reviews')
  must(items[0].state === 'signed' && items[0].rows > 0, `the API says ${JSON.stringify(items[0])}`)
  await walk.shot(page, 'audit-review-signed')
}

const script = `<script>window.ran = 1</script><img src=x onerror="window.ran = 1">`

/** Texts that are programs are shown as the texts that they are, wherever they stand. */
async function programs(walk, page) {
  const planner = await walk.pageOf('pl-07')
  planner.signedIn = true
  await planner.goto('/orders')
  const order = 'BROWSER-SCRIPT'
  const due = new Date(Date.now() + 86_400_000).toISOString()
  const post = (path, data) =>
    planner.request.post(`${walk.input.url}/api/v1${path}`, {
      data,
      headers: { 'idempotency-key': crypto.randomUUID() },
    })
  await post('/work-orders', { number: order, product: 'INV-200', quantity: 1, due, priority: 50, line: 'L1' })
  const held = await post(`/work-orders/${order}/hold`, { reason: script })
  must(held.ok(), `hold answers ${held.status()}: ${await held.text()}`)
  for (const [who, path] of [
    [planner, `/orders?state=held&sel=${order}`],
    [planner, `/orders/${order}/history`],
    [page, `/audit?noun=order&subject=${order}`],
  ]) {
    who.on('dialog', (dialog) => void dialog.dismiss())
    await who.goto(path)
    await ready(who)
    await who.getByText(script, { exact: false }).first().waitFor()
    must((await who.evaluate(() => window.ran)) === undefined, `a program in a text ran at ${path}`)
    must((await who.locator('img[src="x"]').count()) === 0, `a text became an image at ${path}`)
  }
  await walk.shot(page, 'audit-script')
  await planner.context().close()
}

export async function audit(walk) {
  const page = await walk.signIn('au-01')
  const parts = { Trail: trail, Proof: proof, Review: review, Programs: programs }
  for (const [name, run] of Object.entries(parts)) await walk.part(`Audit/${name}`, () => run(walk, page))
  await page.context().close()
}
