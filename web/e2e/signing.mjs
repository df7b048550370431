// Two people sign one step in a real browser: the operator at the terminal, quality with her own password beside him. It
// reads the same input as screens.mjs; lot stands at the end-of-line test and waits for its signatures.
import { readFileSync } from 'node:fs'
import { must, ready, scan, t, tooSmall, Walk } from './harness.mjs'

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

/** The good case at a terminal: the badge is scanned over the dialogue, and its PIN is all that is typed. */
async function byBadge(page, dialog, open) {
  const read = dialog.getByRole('status').filter({ hasText: t('sign.badge_read') })
  await dialog.getByText(t('sign.meaning'), { exact: true }).click() // the burst goes to no field
  await scan(page, input.badge, () => read.waitFor({ timeout: 5_000 }))
  await clean(page, 'the dialogue with a badge')
  const small = await tooSmall(page, '[role="dialog"]')
  must(small.length === 0, `too small for gloves, with a badge: ${small.join('; ')}`)
  const pin = dialog.getByLabel(t('sign.pin'), { exact: true })
  await pin.fill(input.pin)
  await walk.shot(page, 'sign-badge-pin')
  await page.emulateMedia({ colorScheme: 'dark' })
  await walk.shot(page, 'sign-badge-pin-dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await dialog.getByRole('button', { name: t('sign.do.performed') }).click()
  await dialog.waitFor({ state: 'detached' })
  const [given] = (await open()).signatures
  must(
    given?.signer === 'op-121' && given.method === 'badge_pin' && given.station === 'ST60',
    `signed: ${JSON.stringify(given)}`,
  )
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
  const small = await tooSmall(page, '[role="dialog"]')
  must(small.length === 0, `too small for gloves: ${small.join('; ')}`)
  await byBadge(page, dialog, open)

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
  await page.getByRole('menuitem', { name: t('lots.command.hold'), exact: true }).click()
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

/** Which signatures a kind of record asks for: looked at in both colours, changed with a reason, and told in the trail. */
async function rules() {
  const page = await walk.pageOf('qe-02')
  page.signedIn = true
  await page.goto('/signature-rules')
  await ready(page)
  const table = page.getByRole('table', { name: t('sign.rules.title') })
  await table.getByRole('row').nth(1).waitFor()
  await clean(page, 'the rules')
  await walk.shot(page, 'signature-rules')
  await page.emulateMedia({ colorScheme: 'dark' })
  await clean(page, 'the rules in the dark')
  await walk.shot(page, 'signature-rules-dark')
  const rule = t('sign.rules.change_rule', { noun: t('sign.noun.hold_release') })
  await table.getByRole('button', { name: rule }).click()
  const dialog = page.getByRole('dialog')
  const save = dialog.getByRole('button', { name: t('sign.rules.save') })
  await dialog.getByLabel(t('sign.rules.minutes'), { exact: true }).fill('90')
  must(await save.isDisabled(), 'a rule can be changed without a reason')
  await dialog.getByLabel(t('sign.rules.reason'), { exact: true }).fill('Holds wait too long')
  await clean(page, 'the dialogue of a rule')
  await walk.shot(page, 'signature-rule-change')
  await save.click()
  await dialog.waitFor({ state: 'detached' })
  await table
    .getByRole('row')
    .filter({ hasText: t('sign.noun.hold_release') })
    .filter({ hasText: 'qe-02' })
    .waitFor()
  const { items } = await walk.api(page, '/signature-rules')
  const changed = items.find((each) => each.noun === 'hold_release')
  must(changed.remind_s === 5400 && changed.needs.length === 1, `the rule is ${JSON.stringify(changed)}`)
  const admin = await walk.pageOf('admin')
  const trail = await walk.api(admin, '/audit?noun=signature_rule&subject=hold_release')
  must(trail.items[0].reason === 'Holds wait too long', `the trail says ${JSON.stringify(trail.items[0])}`)
  await admin.context().close()
  await page.context().close()
}

try {
  await walk.open()
  for (const user of ['op-121', 'qe-02', 'admin']) await (await walk.signIn(user)).context().close()
  await walk.part('SignedByTwo', atTheTerminal)
  await walk.part('SignaturesInTheRecord', inTheRecord)
  await walk.part('HoldReleaseSignedInTheDark', dark)
  await walk.part('SignatureRules', rules)
} finally {
  await walk.close()
}
