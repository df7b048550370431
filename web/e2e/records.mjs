// What is known afterwards: a lot's record and family, an order's history, material, the ERP's messages, health.
import { must, ready, t } from './harness.mjs'

/** The first measured value that stands alone in its line, and the paste that was used. */
function pick(record) {
  const steps = record.operations.flatMap((o) => o.steps ?? [])
  const value = steps.find((s) => s.values?.length === 1)?.values[0]
  const paste = steps.flatMap((s) => s.components ?? []).find((c) => /paste/i.test(c.name))
  must(value, 'no step of the record has one value')
  must(paste, 'no paste is in the record')
  return { value, paste }
}

async function lot(walk, page) {
  const { lot } = walk.input
  const { value, paste } = pick(await walk.api(page, `/lots/${lot}/as-built`))
  await page.goto(`/lots/${lot}`)
  await ready(page)
  const built = page.getByRole('table', { name: t('record.title') })
  const row = built
    .getByRole('row')
    .filter({ hasText: value.name })
    .filter({ hasText: `${value.value} ${value.unit}` })
  await row.first().waitFor()
  await page.locator(`[data-node="${paste.lot}"]`).waitFor()
  await page.locator(`[data-node="${lot}"][data-root="true"]`).waitFor()
  await page.locator('.react-flow__edge').first().waitFor({ state: 'attached' })
  await walk.shot(page, 'lot')
  await page.screenshot({ path: `${walk.input.artifacts}/lot-whole.png`, fullPage: true })
  walk.paste = paste.lot
}

async function history(walk, page) {
  const { order, lot } = walk.input
  await page.goto(`/orders/${order}/history`)
  await ready(page)
  for (const text of [t('history.kind.released'), t('history.kind.order_confirmed')])
    await page.getByText(text, { exact: false }).first().waitFor()
  await page.getByText(lot).first().waitFor()
  await walk.shot(page, 'history')
}

async function material(walk, page) {
  const total = (await walk.api(page, '/material-lots?state=available&limit=1')).total
  must(total > 0, 'no material is there')
  await page.goto(`/material?q=${encodeURIComponent(walk.paste)}`)
  await ready(page)
  await page.locator(`tr[data-id="${walk.paste}"]`).waitFor()
  await walk.shot(page, 'material')
}

async function outbox(walk, page) {
  const { order } = walk.input
  const sent = (await walk.api(page, `/erp/outbox?q=${order}`)).items
  must(sent.length > 1, `the ERP got ${sent.length} messages of ${order}`)
  await page.goto(`/erp?q=${order}`)
  await ready(page)
  const row = page.getByRole('row').filter({ hasText: t('erp.kind.order_confirmed') })
  await row
    .filter({ hasText: t('status.delivery.delivered') })
    .first()
    .waitFor()
  await walk.shot(page, 'erp-outbox')
  await page.goto('/erp/inbox')
  await ready(page)
  const got = page.getByRole('row').filter({ hasText: `${order}/final` })
  await got
    .filter({ hasText: t('erp.inbox.signed') })
    .first()
    .waitFor()
  await walk.shot(page, 'erp-inbox')
}

async function health(walk, page) {
  const { parts } = await walk.api(page, '/health/system')
  await page.goto('/health')
  await ready(page)
  const rows = page.getByRole('table', { name: t('health.parts') }).locator('tbody tr')
  await rows.nth(parts.length - 1).waitFor()
  must((await rows.count()) === parts.length, `${await rows.count()} parts are shown, the API knows ${parts.length}`)
  await page
    .getByRole('table', { name: t('health.devices') })
    .getByText('TC-20')
    .first()
    .waitFor()
  await walk.shot(page, 'health')
}

export async function records(walk) {
  const page = await walk.pageOf('pl-07')
  page.signedIn = true
  const parts = { LotPage: lot, History: history, Material: material, ERP: outbox, Health: health }
  for (const [name, run] of Object.entries(parts)) await walk.part(name, () => run(walk, page))
  await page.context().close()
}
