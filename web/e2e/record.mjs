// The record of an order and of a lot as a reviewer works with them: read, asked for, signed, taken along as PDF.
import { must, ready, t } from './harness.mjs'

const isPDF = (bytes) => bytes.subarray(0, 5).toString() === '%PDF-'

async function paper(walk, page, path) {
  const answer = await page.request.get(`${walk.input.url}/api/v1${path}`)
  must(answer.ok() && isPDF(await answer.body()), `GET ${path} answers ${answer.status()} and no PDF`)
  return answer.headers()['x-record-hash']
}

/** The order's record balances, names each lot by its record's hash, and is a document of its own. */
async function order(walk, page) {
  const { order, lot } = walk.input
  const record = await walk.api(page, `/work-orders/${order}/record`)
  await page.goto(`/orders/${order}/record`)
  await ready(page)
  await page.getByText(t('records.balance.fits'), { exact: true }).waitFor()
  await page.locator(`tr[data-id="${lot}"]`).first().waitFor()
  await walk.shot(page, 'order-record')
  must((await paper(walk, page, `/work-orders/${order}/record.pdf`)) === record.hash, 'the PDF carries another hash')
  const own = await walk.api(page, `/lots/${lot}/record`)
  must(record.content.lots.find((l) => l.lot === lot)?.hash === own.hash, 'the order names another hash than the lot')
}

/** Asks for the lot's release, finds it in the list by the keyboard, signs it there. */
async function release(walk, page) {
  const { lot } = walk.input
  await page.goto(`/lots/${lot}`)
  await ready(page)
  await page.getByRole('button', { name: t('records.release.ask') }).click()
  await page.getByRole('dialog').getByLabel(t('records.release.ask.reason')).fill('For the customer')
  await walk.shot(page, 'record-ask')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: t('records.release.ask.confirm') })
    .click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByText(t('status.record.open'), { exact: true }).first().waitFor()

  await page.goto('/records')
  await ready(page)
  const row = page.locator(`tr[data-id="lot_record/${lot}"]`)
  await row.waitFor()
  await walk.shot(page, 'records-list')
  await row.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: lot }).waitFor()

  await page.getByRole('button', { name: t('sign.open') }).click()
  const dialog = page.getByRole('dialog')
  await dialog.locator('input[type="password"]').fill(walk.input.logins['qe-02'])
  await walk.shot(page, 'record-sign')
  await dialog.locator('button[data-variant="filled"]').last().click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByText(t('status.record.released'), { exact: true }).first().waitFor()
  const { beside, hash } = await walk.api(page, `/lots/${lot}/record`)
  must(
    beside.releases.at(-1).state === 'released' && beside.releases.at(-1).hash === hash,
    'the record is not released',
  )
  must(beside.signatures.at(-1).meaning === 'released', 'the release carries no signature')
  await walk.shot(page, 'lot-released')
  await page.screenshot({ path: `${walk.input.artifacts}/lot-released-whole.png`, fullPage: true })
}

/** A hold on the released lot voids the signature on the page, and asks for it again. */
async function change(walk, page) {
  const { lot } = walk.input
  const answer = await page.request.post(`${walk.input.url}/api/v1/lots/${lot}/hold`, {
    data: { reason: 'Look at it once more' },
    headers: { 'Idempotency-Key': crypto.randomUUID(), Origin: walk.input.url },
  })
  must(answer.ok(), `the hold answers ${answer.status()}`)
  await page.goto(`/lots/${lot}`)
  await ready(page)
  await page.getByText(t('status.signature.voided'), { exact: true }).first().waitFor()
  await page.getByRole('button', { name: t('sign.open') }).waitFor()
  await walk.shot(page, 'lot-voided')
  await page.request.post(`${walk.input.url}/api/v1/lots/${lot}/release`, {
    data: { reason: 'Looked at' },
    headers: { 'Idempotency-Key': crypto.randomUUID(), Origin: walk.input.url },
  })
}

async function print(walk, page) {
  await page.goto(`/orders/${walk.input.order}/record`)
  await ready(page)
  await page.emulateMedia({ media: 'print' })
  must(!(await page.getByRole('navigation', { name: t('app.rail.label') }).isVisible()), 'the rail is printed')
  await walk.shot(page, 'order-record-print')
  await page.emulateMedia({ media: 'screen' })
}

export async function record(walk) {
  const first = await walk.signIn('qe-02')
  await first.context().close()
  const page = await walk.pageOf('qe-02')
  page.signedIn = true
  const parts = { OrderRecord: order, Release: release, VoidedByAChange: change, Printed: print }
  for (const [name, run] of Object.entries(parts)) await walk.part(name, () => run(walk, page))
  await page.context().close()
}
