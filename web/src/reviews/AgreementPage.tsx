import { SegmentedControl, Select, Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useLanguage, useT } from '../i18n/i18n'
import { ListBody, ListFrame } from '../list/ListFrame'
import { CsvButton, ShareButton } from '../list/ListTools'
import { EmptyState } from '../message/EmptyState'
import { Time } from '../time/Time'
import { formatDecimal } from '../value/decimal'
import { AgreementChart } from './AgreementChart'
import { agreementQuery, facetsQuery, type Agreement, type AgreementSearch } from './review'
import classes from './reviews.module.css'

const route = getRouteApi('/shell/reviews/agreement')

/** How far model, rule and people say the same, over time and per model version. */
export function AgreementPage() {
  const t = useT()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useQuery(agreementQuery(search))
  const facets = useQuery(facetsQuery)
  const go = (change: Partial<AgreementSearch>) =>
    void navigate({ to: '/reviews/agreement', search: { ...search, ...change }, replace: true })
  const pick = (name: 'camera' | 'model', data: string[] | null | undefined) => (
    <Select
      aria-label={t(`reviews.by.${name}`)}
      placeholder={t(`reviews.by.${name}`)}
      clearable
      clearButtonProps={{ 'aria-label': t('list.clear') }}
      data={data ?? []}
      value={search[name] ?? null}
      onChange={(value) => go({ [name]: value ?? undefined })}
    />
  )
  return (
    <ListFrame
      title={t('reviews.agreement.title')}
      actions={
        <>
          <Link to="/reviews">{t('reviews.title')}</Link>
          <ShareButton />
          <CsvButton path="/vision/agreement" query={{ ...search }} />
        </>
      }
      tools={
        <>
          {pick('camera', facets.data?.cameras)}
          {pick('model', facets.data?.models)}
          <SegmentedControl
            aria-label={t('reviews.agreement.period')}
            value={search.days ?? '7'}
            onChange={(days) => go({ days })}
            data={['1', '7', '28'].map((value) => ({
              value,
              label: t('reviews.agreement.days', { count: Number(value) }),
            }))}
          />
        </>
      }
    >
      <ListBody
        query={query}
        empty={<EmptyState title={t('reviews.agreement.empty')}>{t('reviews.agreement.empty_text')}</EmptyState>}
      >
        {(page) => (
          <>
            <AgreementChart rows={page.items} />
            <Rows rows={page.items} />
            <p className="label">{t('reviews.agreement.kappa_help')}</p>
          </>
        )}
      </ListBody>
    </ListFrame>
  )
}

function Rows({ rows }: { rows: Agreement[] }) {
  const t = useT()
  const language = useLanguage()
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table aria-label={t('reviews.agreement.title')} className={classes.agreement}>
        <Table.Thead>
          <Table.Tr>
            {(['model', 'pair', 'since', 'percent', 'kappa', 'false_pass', 'false_fail', 'unsure'] as const).map(
              (name) => (
                <Table.Th key={name} scope="col">
                  {t(`reviews.agreement.column.${name}`)}
                </Table.Th>
              ),
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, i) => (
            <Table.Tr key={i}>
              <Table.Td className="id">{row.model || '–'}</Table.Td>
              <Table.Td>{t(`reviews.agreement.pair.${row.pair}`)}</Table.Td>
              <Table.Td>
                <Time value={row.since} form="date" />
              </Table.Td>
              <Table.Td>
                {t('reviews.agreement.of', {
                  percent: formatDecimal(String(row.percent), language),
                  agreed: row.agreed,
                  pictures: row.pictures,
                })}
              </Table.Td>
              <Table.Td className="num">
                {row.kappa === undefined ? '–' : formatDecimal(String(row.kappa), language)}
              </Table.Td>
              <Table.Td className="num">{row.pass_fail}</Table.Td>
              <Table.Td className="num">{row.fail_pass}</Table.Td>
              <Table.Td className="num">{row.undecided_pass + row.undecided_fail}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
