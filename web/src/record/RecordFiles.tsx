import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { address } from '../api/http'
import { useLanguage, useT } from '../i18n/i18n'

/** The record to take away: as pages, and as everything for a program. */
export function RecordFiles({ path, name, bundle }: { path: string; name: string; bundle?: boolean }) {
  const t = useT()
  const language = useLanguage()
  const icon = <IconDownload className="icon" aria-hidden />
  return (
    <>
      <Button component="a" href={address(`${path}.pdf`, { lang: language })} target="_blank" leftSection={icon}>
        {t('records.pdf')}
      </Button>
      <Button component="a" href={address(path)} download={`${name}.json`} leftSection={icon}>
        {t('records.json')}
      </Button>
      {bundle && (
        <Button
          component="a"
          href={address(`${path}.zip`, { lang: language })}
          download={`${name}.zip`}
          leftSection={icon}
        >
          {t('records.zip')}
        </Button>
      )}
    </>
  )
}
