import { Button, NumberInput, Table } from '@mantine/core'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { answer, api, type Schemas } from '../api/http'
import { useCommand } from '../command/useCommand'
import { useT } from '../i18n/i18n'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { Status } from '../status/Status'
import { Time } from '../time/Time'
import { wordOf } from '../vision/vision'
import type { Revision } from './document'
import classes from './rule.module.css'

type RuleTest = Schemas['RuleTest']

const testsQuery = (r: Revision) =>
  queryOptions({
    queryKey: ['documents', 'tests', r.id, r.revision],
    queryFn: () =>
      answer(
        api.GET('/api/v1/inspection-rules/{id}/{revision}/tests', {
          params: { path: { id: r.id, revision: r.revision } },
        }),
      ).then((page) => page.items ?? []),
  })

/** How a rule did on past verdicts: to be run before it is submitted, and to be read before it is signed. */
export function RuleTests({ revision: r }: { revision: Revision }) {
  const t = useT()
  const me = useMe()
  const query = useQuery(testsQuery(r))
  const [last, setLast] = useState<number | string>(500)
  const run = useCommand<RuleTest>()
  const tests = query.data ?? []
  const newest = tests[0]
  return (
    <section aria-labelledby="tests-title" className={classes.tests}>
      <h2 id="tests-title">{t('documents.test.title')}</h2>
      {r.state === 'draft' && can(me, 'document.draft') && (
        <div className={classes.tools}>
          <NumberInput
            label={t('documents.test.last')}
            min={1}
            max={5000}
            allowDecimal={false}
            value={last}
            onChange={setLast}
          />
          <Button
            loading={run.isPending}
            onClick={() =>
              run.mutate({
                path: `/inspection-rules/${encodeURIComponent(r.id)}/${encodeURIComponent(r.revision)}/tests`,
                body: { last: Number(last) || 500 },
              })
            }
          >
            {t('documents.test.run')}
          </Button>
        </div>
      )}
      {run.isError && <ErrorAlert error={run.error} />}
      {query.isError && <ErrorAlert error={query.error} />}
      {query.data && tests.length === 0 && <p>{t('documents.test.none')}</p>}
      {newest && <Outcome test={newest} current={newest.hash === r.hash} />}
      {tests.length > 1 && (
        <details>
          <summary>{t('documents.test.earlier', { count: tests.length - 1 })}</summary>
          {tests.slice(1).map((test) => (
            <Outcome key={test.id} test={test} current={test.hash === r.hash} />
          ))}
        </details>
      )}
    </section>
  )
}

function Outcome({ test, current }: { test: RuleTest; current: boolean }) {
  const t = useT()
  const { outcome: o } = test
  const people = o.new_by_people
  return (
    <div data-test={test.id}>
      <p>
        {t('documents.test.by', { by: test.by, pictures: o.pictures })} <Time value={test.at} />
        {'. '}
        {current ? t('documents.test.current') : t('documents.test.old_content')}
      </p>
      <Table aria-label={t('documents.test.title')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('documents.test.rule')}</Table.Th>
            {(['pass', 'fail', 'review'] as const).map((word) => (
              <Table.Th key={word} scope="col">
                {t(`status.verdict.${word}`)}
              </Table.Th>
            ))}
            <Table.Th scope="col">{t('documents.test.missed')}</Table.Th>
            <Table.Th scope="col">{t('documents.test.false_fail')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Row name={test.against || t('documents.test.as_counted')} tally={o.old} people={o.old_by_people} />
          <Row name={t('documents.test.this')} tally={o.new} people={people} />
        </Table.Tbody>
      </Table>
      <p>
        {t('documents.test.changes', { count: o.changes })}{' '}
        {people.pass_fail > 0 && <b>{t('documents.test.missed_text', { count: people.pass_fail })}</b>}
      </p>
      {(o.changed?.length ?? 0) > 0 && (
        <details open={current}>
          <summary>{t('documents.test.list')}</summary>
          <ul className={classes.changed}>
            {o.changed!.map((change) => (
              <li key={change.id}>
                <Link to="/reviews" search={{ sel: change.id, state: 'all' }} className="id">
                  {change.lot || change.id.slice(0, 8)}
                </Link>
                <Status of="verdict" state={wordOf(change.old)} /> → <Status of="verdict" state={wordOf(change.new)} />
                {change.label && (
                  <span>
                    {t('documents.preview.people')} <Status of="verdict" state={wordOf(change.label)} />
                  </span>
                )}
                <small>{change.why}</small>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

function Row({ name, tally, people }: { name: string; tally: Schemas['VerdictTally']; people: Schemas['Confusion'] }) {
  return (
    <Table.Tr>
      <Table.Th scope="row">{name}</Table.Th>
      <Table.Td className="num">{tally.pass}</Table.Td>
      <Table.Td className="num">{tally.fail}</Table.Td>
      <Table.Td className="num">{tally.undecided}</Table.Td>
      <Table.Td className="num">{people.pass_fail}</Table.Td>
      <Table.Td className="num">{people.fail_pass}</Table.Td>
    </Table.Tr>
  )
}
