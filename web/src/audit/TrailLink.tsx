import { Button } from '@mantine/core'
import { IconListCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useT } from '../i18n/i18n'
import { can, useMe } from '../session/session'

/** From a record to its rows in the audit trail, for those who may read it. */
export function TrailLink({ noun, subject }: { noun: string; subject: string }) {
  const t = useT()
  if (!can(useMe(), 'audit.inspect')) return null
  return (
    <Button
      leftSection={<IconListCheck className="icon" aria-hidden />}
      renderRoot={(props) => <Link to="/audit" search={{ noun, subject }} {...props} />}
    >
      {t('audit.trail')}
    </Button>
  )
}
