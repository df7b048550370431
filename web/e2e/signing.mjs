// Two people sign one step in a real browser: the operator at the terminal, quality with her own password beside him. It
// reads the same input as screens.mjs; lot stands at the end-of-line test and waits for its signatures.
import { readFileSync } from 'node:fs'
import { must, ready, t, Walk } from './harness.mjs'

const input = JSON.parse(readFileSync(0, 'utf8'))
const walk = new Walk(input)
const screen = { viewport: { width: 1280, height: 800 } }

const clean = async (page, what) => {
  const found = await walk.axe(page)
  must(found.length === 0, `${what}: axe finds ${JSON.stringify(found)}`)
}

async function give(dialog, user, password, button) {
  await dialog.getByLabel(t('sign.who'), { exact: true }).fill(user)
  await dialog.getByLabel(t('sign.password'), { exact: true }).fill(password)
  await dialog.getByRole('button', { name: button }).click()
}

async function atTheTerminal() {
  const page = await walk.pageOf('op-121', { ...screen, terminal: 'ST60' })
  page.signedIn = true
  page.refusals = /\/signature-requests\/[^/]+\/sign$/
  await page.goto(`/stations/ST60?lot=${input.lot}`)
  const first = page.getByRole('button', { name: t('sign.do.performed') })
  await first.waitFor()
  await walk.shot(page, 'terminal-to-sign')
  await first.click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(t('sign.meaning'), { exact: true }).waitFor()
  await dialog.getByLabel(t('sign.password'), { exact: true }).waitFor()
  await clean(page, 'the dialogue')
  await walk.shot(page, 'sign-first')

  const password = dialog.getByLabel(t('sign.password'), { exact: true })
  await dialog.getByLabel(t('sign.who'), { exact: true }).fill('op-121')
  await password.fill(input.logins['op-121'])
  await password.press('Enter')
  const open = async () => (await walk.api(page, `/signature-requests?noun=step&q=${input.lot}`)).items[0]
  must((await open()).signatures.length === 0, 'Enter in a field has signed')
  await give(dialog, 'op-121', 'not the password', t('sign.do.performed'))
  await dialog.getByRole('alert').waitFor()
  must((await open()).signatures.length === 0, 'a wrong password has signed')
  await give(dialog, 'op-121', input.logins['op-121'], t('sign.do.performed'))

  const second = page.getByRole('button', { name: t('sign.do.verified') })
  await dialog.waitFor({ state: 'detached' })
  await second.click()
  await dialog.getByText(t('sign.second_of', { n: 2, total: 2, first: 'op-121' })).waitFor()
  await give(dialog, 'op-121', input.logins['op-121'], t('sign.do.verified'))
  await dialog.getByRole('alert').waitFor()
  await walk.shot(page, 'sign-second-refused')
  await page.emulateMedia({ colorScheme: 'dark' })
  await give(dialog, 'qe-02', input.logins['qe-02'], t('sign.do.verified'))
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: /^Finish / }).waitFor()
  must((await open()).state === 'signed', 'the request is not signed')
  await page.context().close()
}

/** The dialogue at the desk, dark, and the record with both signatures. */
async function inTheRecord() {
  const page = await walk.pageOf('qe-02')
  page.signedIn = true
  await page.goto(`/lots/${input.lot}`)
  await ready(page)
  const table = page.getByRole('table', { name: t('record.title') })
  for (const [meaning, name] of [
    ['performed', 'op-121'],
    ['verified', 'qe-02'],
  ]) {
    const row = table
      .getByRole('row')
      .filter({ hasText: t('record.signature', { meaning: t(`sign.means.${meaning}`) }) })
    await row.filter({ hasText: name }).waitFor()
    must(/\d{2}:\d{2}:\d{2} [A-Z]{3,4}/.test(await row.innerText()), `the time of "${meaning}" shows no zone`)
  }
  await table
    .getByRole('row')
    .filter({ hasText: t('sign.means.verified') })
    .first()
    .scrollIntoViewIfNeeded()
  await clean(page, 'the record')
  await walk.shot(page, 'record-signed')
  await page.context().close()
}

/** A hold whose end quality signs, in the dark. */
async function dark() {
  const page = await walk.pageOf('qe-02')
  page.signedIn = true
  await page.goto(`/lots/${input.lot}`)
  await ready(page)
  await page.evaluate(() => localStorage.setItem('mantine-color-scheme-value', 'dark'))
  await page.reload()
  await ready(page)
  await page.getByRole('button', { name: t('list.more') }).click()
  await page.getByRole('menuitem', { name: t('lots.command.hold') }).click()
  await page.getByRole('dialog').getByRole('textbox').fill('Odd noise')
  await page.getByRole('dialog').locator('button[type="submit"]').click()
  await page.getByRole('button', { name: t('lots.command.release') }).click()
  await page.getByRole('dialog').getByRole('textbox').fill('Heard again: none')
  await page.getByRole('dialog').locator('button[type="submit"]').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(t('sign.then.release')).waitFor()
  await clean(page, 'the dialogue in the dark')
  await walk.shot(page, 'sign-dark')
  await give(dialog, 'qe-02', input.logins['qe-02'], t('sign.do.approved'))
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: t('lots.command.release') }).waitFor({ state: 'detached' })
  const { holds } = await walk.api(page, `/lots/${input.lot}`)
  must((holds ?? []).length === 0, `after the signature the lot has holds ${JSON.stringify(holds)}`)
  await page.context().close()
}

try {
  await walk.open()
  for (const user of ['op-121', 'qe-02']) await (await walk.signIn(user)).context().close()
  await walk.part('SignedByTwo', atTheTerminal)
  await walk.part('SignaturesInTheRecord', inTheRecord)
  await walk.part('HoldReleaseSignedInTheDark', dark)
} finally {
  await walk.close()
}
