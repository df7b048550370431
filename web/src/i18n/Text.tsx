import type { ReactElement } from 'react'
import { Trans, useTranslation } from 'react-i18next'
import type { Key, Values } from './i18n'

interface Props {
  k: Key
  values?: Values
  components?: Record<string, ReactElement>
}

/** A text of the catalogue with marked parts, such as <b>…</b>. */
export function Text({ k, values, components }: Props) {
  const { t } = useTranslation()
  return <Trans t={t} i18nKey={k as never} values={values} components={{ b: <b />, ...components }} />
}
