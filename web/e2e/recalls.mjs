// Quality: a drill that accounts for every piece, a rule that acts, a lot that is split.
import { must, ready, t } from './harness.mjs'

async function open(walk, user, path) {
  const page = await walk.pageOf(user)
  page.signedIn = true
  await page.goto(path)
  await ready(page)
  return page
}

/** A drill on the lot of paste that is in the packed unit: the unit is found, and the sheet is empty in its last column. */
async function drill(walk) {
  const page = await open(walk, 'qe-02', '/recalls')
  await page.getByText(t('recalls.empty.title'), { exact: true }).waitFor()
  await walk.shot(page, 'recalls-empty')
  const up = await walk.api(page, `/lots/${walk.input.lot}/genealogy?direction=up`)
  const paste = up.nodes.find((n) => n.supplier_lot && n.depth === -1)
  await page.getByRole('button', { name: t('recalls.start') }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('recalls.column.lot'), { exact: true }).fill(paste.id)
  await dialog.getByLabel(t('orders.reason'), { exact: true }).fill('Yearly drill')
  await walk.shot(page, 'recall-start')
  await dialog.getByRole('button', { name: t('recalls.ask.confirm') }).click()
  await page.getByRole('heading', { name: t('recalls.heading_mock', { id: 'R-1', lot: paste.id }), level: 1 }).waitFor()
  await page.getByText(t('recalls.balanced'), { exact: true }).waitFor()
  must((await page.locator('td[data-bad="true"]').count()) === 0, 'the sheet shows missing pieces')
  await page.getByRole('link', { name: walk.input.lot }).waitFor()
  await walk.shot(page, 'recall')
  const file = await page.request.get(`${walk.input.url}/api/v1/recalls/R-1?format=csv`)
  must((await file.text()).includes(walk.input.lot), 'the file for the authority lacks the unit')
  await page.getByRole('button', { name: t('recalls.complete'), exact: true }).click()
  await dialog.getByLabel(t('recalls.note'), { exact: true }).fill('The unit stands in the plant')
  await dialog.getByRole('button', { name: t('recalls.complete'), exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.locator('dd', { hasText: 'The unit stands in the plant' }).waitFor()
  must(
    (await page.getByRole('button', { name: t('recalls.complete'), exact: true }).count()) === 0,
    'it can be completed twice',
  )
  await page.context().close()
}

async function rule(walk) {
  const page = await open(walk, 'qe-02', '/reactions')
  await walk.shot(page, 'reactions')
  await page.getByRole('button', { name: t('reactions.new') }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('reactions.field.id'), { exact: true }).fill('SCRATCHES')
  await dialog.getByLabel(t('reactions.field.name'), { exact: true }).fill('Five scratches at one station')
  await dialog.getByRole('combobox', { name: t('reactions.field.kind') }).click()
  await page.getByRole('option', { name: t('reactions.kind.defect') }).click()
  await dialog.getByRole('combobox', { name: t('reactions.field.group') }).click()
  await page.getByRole('option', { name: t('reactions.group.station') }).click()
  must(await dialog.getByLabel(t('reactions.act.hold'), { exact: true }).isDisabled(), 'a station can be put on hold')
  await dialog.getByLabel(t('reactions.field.count'), { exact: true }).fill('5')
  await dialog.getByLabel(t('orders.reason'), { exact: true }).fill('Agreed in the morning meeting')
  await walk.shot(page, 'reaction-rule')
  await dialog.getByRole('button', { name: t('reactions.save') }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.locator('tr', { hasText: 'SCRATCHES' }).waitFor()
  const said = await walk.api(page, '/reaction-rules')
  const made = said.items.find((r) => r.id === 'SCRATCHES')
  must(
    made.count === 5 && made.group === 'station' && made.then.join() === 'alert',
    `the API says ${JSON.stringify(made)}`,
  )
  await page.context().close()
}

async function split(walk) {
  const page = await open(walk, 'sv-05', '/material')
  const stock = await walk.api(page, '/lots?origin=received&limit=500')
  const lot = stock.items.find((l) => l.tracking === 'lot' && l.state === 'available' && Number(l.remaining) > 10)
  await page.goto(`/lots/${encodeURIComponent(lot.lot)}`)
  await ready(page)
  await page.getByRole('button', { name: t('list.more') }).click()
  await page.getByRole('menuitem', { name: t('lots.command.split') }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('lots.field.quantity'), { exact: true }).fill('3')
  await dialog.getByLabel(t('orders.reason'), { exact: true }).fill('For the sample room')
  await walk.shot(page, 'lot-split')
  await dialog.locator('button[type=submit]').click()
  await page.getByRole('heading', { name: `${lot.lot}-S1`, level: 1 }).waitFor()
  const left = await walk.api(page, `/lots/${encodeURIComponent(lot.lot)}`)
  must(Number(left.remaining) === Number(lot.remaining) - 3, `${left.remaining} of ${lot.remaining} are left`)
  await page.context().close()
}

export async function recalls(walk) {
  await walk.part('Recall', () => drill(walk))
  await walk.part('Rules that act', () => rule(walk))
  await walk.part('Split', () => split(walk))
}
