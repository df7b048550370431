import { Button, Table, VisuallyHidden } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useT } from '../i18n/i18n'
import { ListFrame, Rows } from '../list/ListFrame'
import { ErrorAlert } from '../message/ErrorAlert'
import { can, useMe } from '../session/session'
import { duration } from '../time/duration'
import { Time } from '../time/Time'
import { RuleDialog } from './RuleDialog'
import { rulesQuery, type Need, type Noun, type Rule } from './sign'

/** Which signatures each kind of record asks for, and after how long somebody is reminded. */
export function RulesPage() {
  const t = useT()
  const manages = can(useMe(), 'signature.rule')
  const query = useQuery(rulesQuery)
  const [rule, setRule] = useState<Rule>()
  return (
    <ListFrame title={t('sign.rules.title')}>
      <p className="label">{t('sign.rules.text')}</p>
      {query.isPending && <Rows />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && (
        <Table.ScrollContainer minWidth={720} type="native">
          <Table aria-label={t('sign.rules.title')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('sign.rules.noun')}</Table.Th>
                <Table.Th scope="col">{t('sign.rules.needs')}</Table.Th>
                <Table.Th scope="col">{t('sign.rules.remind')}</Table.Th>
                <Table.Th scope="col">{t('sign.rules.changed')}</Table.Th>
                {manages && (
                  <Table.Th scope="col">
                    <VisuallyHidden>{t('sign.rules.change')}</VisuallyHidden>
                  </Table.Th>
                )}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {(query.data.items ?? []).map((each) => (
                <Table.Tr key={each.noun}>
                  <Table.Th scope="row">{t(`sign.noun.${each.noun as Noun}`)}</Table.Th>
                  <Table.Td>
                    {each.noun === 'step' ? t('sign.rules.by_routing') : <Needs needs={each.needs ?? []} />}
                  </Table.Td>
                  <Table.Td>{t('sign.rules.after', { time: duration(t, each.remind_s * 1000) })}</Table.Td>
                  <Table.Td>
                    {each.changed_by ? (
                      <>
                        {each.changed_by}, <Time value={each.changed_at} />
                      </>
                    ) : (
                      t('sign.rules.built_in')
                    )}
                  </Table.Td>
                  {manages && (
                    <Table.Td>
                      <Button
                        size="compact-sm"
                        aria-label={t('sign.rules.change_rule', { noun: t(`sign.noun.${each.noun as Noun}`) })}
                        onClick={() => setRule(each)}
                      >
                        {t('sign.rules.change')}
                      </Button>
                    </Table.Td>
                  )}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {rule && <RuleDialog rule={rule} onClose={() => setRule(undefined)} />}
    </ListFrame>
  )
}

function Needs({ needs }: { needs: Need[] }) {
  const t = useT()
  if (needs.length === 0) return <>{t('sign.rules.none')}</>
  return (
    <ol>
      {needs.map((need, i) => (
        <li key={i}>
          {t(`sign.means.${need.meaning}`)}
          {need.role && `, ${t('sign.by_role', { role: t(`app.role.${need.role}`) })}`}
        </li>
      ))}
    </ol>
  )
}
