import { Button, Select, Table } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../command/useCommand'
import { fieldErrors } from '../form/fields'
import { useT } from '../i18n/i18n'
import { ConfirmDialog } from '../message/ConfirmDialog'
import { can, useMe } from '../session/session'
import { Time } from '../time/Time'
import { personPath, rolesOf, type Assignment, type Detail } from './people'
import { Reason } from './ReasonDialog'

/** The roles that an account has and had, with who gave and took them, and why. */
export function Roles({ person }: { person: Detail }) {
  const t = useT()
  const me = useMe()
  const [giving, setGiving] = useState(false)
  const [taking, setTaking] = useState<Assignment>()
  const may = can(me, 'role.assign') && person.active && !person.issuer
  return (
    <>
      {person.issuer && <p className="label">{t('people.roles_elsewhere')}</p>}
      {may && person.id !== me.id && <Button onClick={() => setGiving(true)}>{t('people.role.give')}</Button>}
      <Table aria-label={t('people.column.roles')} mt="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('people.role.role')}</Table.Th>
            <Table.Th scope="col">{t('people.role.given')}</Table.Th>
            <Table.Th scope="col">{t('people.role.withdrawn')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {(person.assignments ?? []).map((a) => (
            <Table.Tr key={a.id} data-role={a.role}>
              <Table.Td>
                {t(`app.role.${a.role}`)}
                <br />
                <small className="label">{a.site}</small>
              </Table.Td>
              <Table.Td>
                <Time value={a.from} zone={false} />
                <br />
                <small className="label">{t('people.role.by', { by: a.by, reason: a.reason })}</small>
              </Table.Td>
              <Table.Td>
                {a.until ? (
                  <>
                    <Time value={a.until} zone={false} />
                    <br />
                    <small className="label">
                      {t('people.role.by', { by: a.ended_by ?? '', reason: a.end_reason ?? '' })}
                    </small>
                  </>
                ) : (
                  may && (
                    <Button size="compact-sm" onClick={() => setTaking(a)}>
                      {t('people.role.withdraw')}
                    </Button>
                  )
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {giving && <Give person={person} onClose={() => setGiving(false)} />}
      {taking && <Take assignment={taking} onClose={() => setTaking(undefined)} />}
    </>
  )
}

function Give({ person, onClose }: { person: Detail; onClose: () => void }) {
  const t = useT()
  const [role, setRole] = useState<string | null>(null)
  const [reason, setReason] = useState('')
  const give = useCommand(onClose)
  const free = rolesOf[person.kind].filter((r) => !(person.roles ?? []).includes(r))
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('people.role.give_title', { id: person.id })}
      confirm={t('people.role.give')}
      busy={give.isPending}
      disabled={!role || reason.trim().length < 3}
      error={give.error}
      onConfirm={() => give.mutate({ path: `${personPath(person.id)}/roles`, body: { role, reason: reason.trim() } })}
    >
      <Select
        label={t('people.role.role')}
        searchable
        data={free.map((r) => ({ value: r, label: t(`app.role.${r}`) }))}
        value={role}
        onChange={setRole}
        error={fieldErrors(give.error).role}
      />
      <Reason value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}

function Take({ assignment, onClose }: { assignment: Assignment; onClose: () => void }) {
  const t = useT()
  const [reason, setReason] = useState('')
  const take = useCommand(onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('people.role.withdraw_title', { id: assignment.account, role: t(`app.role.${assignment.role}`) })}
      confirm={t('people.role.withdraw')}
      tone="crit"
      busy={take.isPending}
      disabled={reason.trim().length < 3}
      error={take.error}
      onConfirm={() =>
        take.mutate({
          path: `${personPath(assignment.account)}/roles/withdraw`,
          body: { role: assignment.role, reason: reason.trim() },
        })
      }
    >
      <p>{t('people.role.withdraw_text')}</p>
      <Reason value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}
